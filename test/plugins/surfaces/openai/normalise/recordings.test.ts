import t from 'tap';
import type { Answer, Parsed } from '../../../../switchyard.ts';
import { openLab, type Lab } from '../../../../lab.ts';
import { openaiSchema } from '../../../../openai-schema.ts';
import { quirky } from '../../../../quirky-provider.ts';
import { providerIndex, readRecording, type IndexRow } from '../../../../upstream/recordings.ts';
import { programQuirks } from '../program-quirks.ts';

/** Failures that no byte tells from a right answer. */
const INDISTINGUISHABLE: readonly [names: RegExp, why: string, count: number][] = [
  [/^talkai-ctoapi\/(non)?stream-upstream-cut$/, 'says stop after a part', 2],
  [/^z\.ai2api-python\/stream-upstream-cut$/, 'says stop after the reasoning, as its K2 model does', 2],
  [
    /^(openai-compatible-api-proxy-for-z|ztoapi|ztoapits)\/stream-upstream-errframe$/,
    'says stop after a part',
    6,
  ],
];

/** Right answers that look like failures, and are told as such: better than the other way round. */
const DOUBTFUL: readonly [names: RegExp, why: string][] = [
  [/^talkai-seed\/stream-ok$/, 'invents what it streams'],
  [/^z\.ai2api-python\/stream-usage-in-other-phase$/, 'gives no reason, as when it was cut'],
];

/** Programs that cannot say where the reasoning ends, and models that show none. */
const UNSEPARATED =
  /^(openai-compatible-api-proxy-for-z|ztoapi|ztoapits|grok2api|copilot-api|talkai-ctoapi|talkai-seed|qwen-api-fork)\/|-nothink-|-tool|stream-think-tags-ok$/;

const validAnswer = openaiSchema('CreateChatCompletionResponse');
const validChunk = openaiSchema('CreateChatCompletionStreamResponse');

const nameOf = ({ file }: IndexRow): string => file.slice('providers/'.length, -'.txt'.length);
const programOf = (row: IndexRow): string => nameOf(row).split('/')[0] as string;
const asksForStream = ({ requestBody }: IndexRow): boolean => /"stream":\s*true/.test(requestBody);
const isStream = ({ events, contentType }: IndexRow): boolean =>
  events > 0 || contentType.startsWith('text/event-stream');

/** The gateway never sends what is not JSON, nor asks a program for what its quirks say it cannot do. */
function isAsked(row: IndexRow): boolean {
  if (row.request !== 'POST /v1/chat/completions' || nameOf(row).endsWith('/bad-json')) return false;
  const { streams } = programQuirks[programOf(row)] ?? {};
  if (streams === 'only') return isStream(row) || asksForStream(row);
  return streams !== 'never' || !asksForStream(row);
}

const rows = [...providerIndex().values()].filter(isAsked);

/** Whether the caller wants a stream; a program that can only do one of the two is asked by both. */
function callers(row: IndexRow): boolean[] {
  return programQuirks[programOf(row)]?.streams === 'both' ? [asksForStream(row)] : [true, false];
}

const isFailure = (row: IndexRow): boolean =>
  row.status >= 400 ||
  /-upstream-(?!ok)/.test(nameOf(row)) ||
  DOUBTFUL.some(([names]) => names.test(nameOf(row)));

async function replay({ switchyard, upstream }: Lab, row: IndexRow, stream: boolean) {
  upstream.behaveOnce('replay', { file: row.file });
  const answer = await switchyard.chat(stream ? { stream, stream_options: { include_usage: true } } : {});
  return { answer, trace: await switchyard.trace(answer.headers['x-switchyard-request-id']) };
}

const looksFinished = ({ status, text, events, broken }: Answer): boolean =>
  status === 200 && !broken && (events.length > 0 ? events.includes('[DONE]') : !JSON.parse(text).error);

function saysError({ status, events, ...answer }: Answer): boolean {
  const last = status === 200 ? (JSON.parse(events.at(-1) ?? '{}') as Parsed) : answer.json();
  return typeof last.error?.message === 'string' && last.error.message !== '';
}

/** What a caller has of a good answer, however it came: its faults, and its message put together. */
function read(answer: Answer, stream: boolean): { faults: string[]; message: Parsed } {
  if (!stream) {
    const whole = answer.json();
    return { faults: validAnswer(whole), message: whole.choices[0].message };
  }
  const chunks = answer.events.slice(0, -1).map((data) => JSON.parse(data) as Parsed);
  const faults = chunks.flatMap(validChunk);
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }: Parsed) => delta)) as Parsed[];
  const ends = chunks.filter(({ choices }) => choices[0]?.finish_reason);
  if (answer.events.filter((data) => data === '[DONE]').length !== 1) faults.push('not one [DONE]');
  if (answer.events.at(-1) !== '[DONE]') faults.push('[DONE] is not the last');
  if (new Set(chunks.map(({ id }) => id)).size !== 1) faults.push('not one id');
  if (deltas[0]?.role !== 'assistant') faults.push('no role at first');
  if (deltas.slice(1).some((delta) => delta.role)) faults.push('a role later on');
  if (ends.length !== 1) faults.push(`${ends.length} reasons`);
  const joined = (name: string): string => deltas.map((delta) => delta[name] ?? '').join('');
  return {
    faults,
    message: { content: joined('content'), reasoning_content: joined('reasoning_content') },
  };
}

for (const [program, quirks] of Object.entries(programQuirks)) {
  t.test(`${program}: with its quirks, answers are OpenAI's own and failures are errors`, async (t) => {
    const lab = await openLab(t, {
      provider: { use: quirky, quirks },
      config: { timeouts: { total: '5s' } },
    });
    const own = rows.filter((row) => programOf(row) === program);
    t.ok(own.length > 0, `${own.length} recordings`);
    for (const row of own) {
      for (const stream of callers(row)) {
        const { answer, trace } = await replay(lab, row, stream);
        const name = `${nameOf(row)}, ${stream ? 'streamed' : 'whole'}`;
        if (INDISTINGUISHABLE.some(([names]) => names.test(nameOf(row)))) {
          t.ok(looksFinished(answer), `${name}: still looks finished`);
        } else if (isFailure(row)) {
          t.notOk(looksFinished(answer), `${name}: ${answer.text.slice(0, 300)}`);
          t.ok(saysError(answer), `${name}: ${answer.text.slice(-300)}`);
          t.not(trace.ending, 'complete', name);
        } else if (program === 'copilot-api') {
          t.equal(answer.text, readRecording(row.file).body.toString(), `${name}: byte for byte`);
        } else {
          t.equal(answer.status, 200, `${name}: ${answer.text.slice(0, 300)}`);
          t.equal(trace.ending, 'complete', name);
          const { faults, message } = read(answer, stream);
          t.strictSame(faults, [], name);
          t.notMatch(answer.text, /undefined|<details|"thinking"|_tokens":0,"total_tokens":0/, name);
          if (UNSEPARATED.test(nameOf(row))) continue;
          t.match(message.reasoning_content, /^The user says hello\./, name);
          t.match(message.content, /(Hello)? there, Grüße an 世界 👋\.$/, name);
          t.notMatch(message.content + message.reasoning_content, /<\/?think|<\/?details|^> /m, name);
        }
      }
    }
    const asked = lab.asked().map((request) => request.json().stream === true);
    const wrong = asked.filter((stream) => stream !== (quirks.streams === 'only'));
    if (quirks.streams !== 'both') t.strictSame(wrong, [], 'it is only asked for what it can do');
  });
}

t.test('what the bytes cannot show is listed with its reason, and nothing else is', (t) => {
  for (const [names, why, count] of INDISTINGUISHABLE) {
    const found = rows.filter((row) => names.test(nameOf(row))).flatMap(callers);
    t.equal(found.length, count, `${names.source}: ${why}`);
  }
  for (const [names, why] of DOUBTFUL) {
    t.ok(
      rows.some((row) => names.test(nameOf(row))),
      `${names.source}: ${why}`,
    );
  }
  t.ok(rows.length > 200, `${rows.length} recordings`);
  t.strictSame(
    [...new Set([...providerIndex().values()].map(programOf))].sort(),
    Object.keys(programQuirks).sort(),
    'every program has its quirks',
  );
  t.end();
});
