/** Conversion of whole bodies: the work that grows with their length, for the event loop and for worker threads. */
import { mustBeFew } from '../../wire/body/few-values.ts';
import { pickMembers } from '../../wire/body/pick-members.ts';
import { splice } from '../../wire/body/splice-json.ts';
import type {
  AnswerJob,
  Call,
  Converted,
  ConvertedRequest,
  Formats,
  RequestJob,
  Translation,
} from '../contracts/index.ts';
import { GatewayError, isUntranslatable } from '../errors.ts';
import { dropRefused, type Drops } from './drop-refused.ts';
import { takeExactJson, TooDeep, tryExactJson } from '../../wire/json.ts';
import { encoderNamed, framed } from '../../wire/framing/encoders.ts';

type Body = Record<string, unknown>;

const JSON_TYPE = 'application/json; charset=utf-8';

/** @throws GatewayError when the other API cannot express the request */
export function convertRequest(
  { raw, surface, translation, drops, said, flat }: RequestJob,
  formats: Formats,
): ConvertedRequest {
  const given = bufferOf(raw);
  const dropped: string[] = [];
  const by = formats.named.get(translation ?? '');
  try {
    const body = by
      ? Buffer.from(JSON.stringify(requestBy(by, { ...parsedRequest(given), ...said }, dropped, drops)))
      : given;
    if (!flat) return { raw: body, dropped };
    const set = formats.dialects.get(by?.to ?? surface)?.flatContent?.(callOf(body)) ?? {};
    return { raw: splice(body, set), dropped };
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    const message = 'the body is nested too deeply to be translated to another API';
    throw new GatewayError('not_translatable', message, { cause: error });
  }
}

/** Of two steps the second finds members that the caller did not write. */
function requestBy(by: Translation, body: Body, dropped: string[], drops: Drops, goesOn = false): Body {
  if (!by.steps) return dropRefused(by, body, dropped, drops, goesOn);
  const [first, second] = by.steps;
  const between = requestBy(first, body, dropped, drops, true);
  try {
    return requestBy(second, between, dropped, drops);
  } catch (error) {
    if (!isUntranslatable(error)) throw error;
    const { message, param } = error;
    const about = { cause: error, ...(param !== null && { param }) };
    throw new GatewayError('not_translatable', `translated to ${first.to} first, ${message}`, about);
  }
}

/**
 * @returns undefined where the body is not JSON
 * @throws Malformed where it is nested too deep, or has too many values to be written as events
 */
export function convertAnswer(job: AnswerJob, formats: Formats): Converted | undefined {
  const dialect = formats.dialects.get(job.surface);
  const given = bufferOf(job.body);
  if (job.unfold !== undefined) mustBeFew(given);
  const parsed = tryExactJson(given.toString(), Infinity);
  if (!dialect || parsed === undefined) return undefined;
  const { model, receivedEpochMs } = job;
  const call = {
    ...callOf(bufferOf(job.asked)),
    model,
    ...(receivedEpochMs !== undefined && { receivedEpochMs }),
  };
  const value = job.quirks ? (dialect.normaliser?.(job.quirks, call).answer(parsed) ?? parsed) : parsed;
  const verdict = dialect.judge(value);
  if (verdict.kind === 'error' || (verdict.kind === 'empty' && !verdict.ended))
    return { verdict, body: Buffer.alloc(0), contentType: JSON_TYPE };
  const by = formats.named.get(job.translation ?? '');
  if (job.unfold !== undefined && dialect.unfold) {
    const encoder = encoderNamed(job.unfold);
    const events = dialect.unfold(value, call);
    const translate = by?.events(call);
    if (translate && dialect.end) events.push(dialect.end);
    const body = framed(translate ? events.flatMap(translate) : events, encoder);
    return { verdict, body, contentType: encoder.contentType };
  }
  const answer = JSON.stringify(by ? by.answer(value, call) : value);
  return { verdict, body: Buffer.from(answer), contentType: JSON_TYPE };
}

const COUNTED = { stream_options: '{"include_usage":true}' };

/** Of what was asked, only what its answer is written from: the rest may be long. @param by of the answer */
export function askedFor(call: Call, by: Translation | undefined, isStream: boolean): Buffer {
  const remembered = by?.remembers ?? [];
  if (remembered === 'all') return call.raw;
  if (isStream) return pickMembers(call, ['stream_options', ...remembered], by?.countsStreams ? COUNTED : {});
  return remembered.length === 0 ? Buffer.from('{}') : pickMembers(call, remembered);
}

/** A view of the same bytes, which may have come from another thread. */
const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A body as a call, for code that reads nothing else of it. */
const callOf = (raw: Buffer): Call => ({
  surface: '',
  method: 'POST',
  path: '/',
  headers: {},
  raw,
  model: '',
  stream: false,
  choices: 1,
  format: 'json',
  forwardAuthorization: false,
});

/** What a walk takes for an object may be no JSON inside. */
function parsedRequest(body: Buffer): Body {
  try {
    return takeExactJson(body) as Body;
  } catch (error) {
    if (error instanceof TooDeep) throw error;
    throw new GatewayError('invalid_json', `the body is not valid JSON: ${(error as Error).message}`);
  }
}
