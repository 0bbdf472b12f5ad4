import type { Answer, AdaptedCall, Said, Surface } from './answers/answer.ts';
import type { Received } from './received.ts';
import { end, head, reply, wait, writeFrame, type Script, type Step } from './script.ts';
import type { Frame } from './sse.ts';

/** A request to be answered: what behaviours bend. */
export interface Scene {
  readonly request: Received;
  /** A stream was asked for, and the surface has one. */
  readonly streams: boolean;
  readonly said: Said;
  /** ms between deltas */
  readonly interval: number;
  /** The right answer, in the form that was asked for. */
  good(changes?: Partial<Said>): Script;
  stream(changes?: Partial<Said>): Script;
  whole(changes?: Partial<Said>): Script;
}

/** What a behaviour is: the right answer in, the wrong one out. Nothing is sent here. */
export type Behaviour<Options> = (scene: Scene, options?: Options) => Script;

export function makeScene(surface: Surface, asked: AdaptedCall, said: Said, interval: number): Scene {
  const plain = surface(asked, said);
  const answer = (changes?: Partial<Said>) => (changes ? surface(asked, { ...said, ...changes }) : plain);
  const whole = (changes?: Partial<Said>) => wholeOf(answer(changes));
  const stream = (changes?: Partial<Said>) => streamOf(answer(changes), interval);
  const streams = asked.fields['stream'] === true && plain.frames !== undefined;
  return { request: asked.request, streams, said, interval, good: streams ? stream : whole, stream, whole };
}

const wholeOf = ({ status = 200, contentType = 'application/json', whole }: Answer): Script =>
  reply(status, { 'content-type': contentType }, whole);

function streamOf(answer: Answer, interval: number): Script {
  if (!answer.frames) return wholeOf(answer);
  const steps = answer.frames.flatMap(([part, frame]): Script => {
    const step = writeFrame(part, frame);
    return part === 'content' && interval > 0 ? [wait(interval), step] : [step];
  });
  return [streamHead(), ...steps, end];
}

export function streamHead(contentType = 'text/event-stream; charset=utf-8'): Step {
  return head(200, { 'content-type': contentType, 'cache-control': 'no-cache' });
}

export const defaultMessage = 'The upstream has failed on purpose.';

/** OpenAI's error body. */
export function errorBody(
  message = defaultMessage,
  type = 'server_error',
  code: string | null = 'upstream_failed',
) {
  return { error: { message, type, param: null, code } };
}

/** An error in band, in the words of the surface's own stream. */
export function errorFrame({ request }: Scene, message = defaultMessage): Frame {
  if (!request.path.includes('/responses')) return { data: JSON.stringify(errorBody(message)) };
  const event = { type: 'error', code: 'server_error', message, param: null, sequence_number: 0 };
  return { event: 'error', data: JSON.stringify(event) };
}
