import { request, type Agent, type IncomingMessage } from 'node:http';
import { words } from './answer.ts';

/** How a request ended, as its client sees it. */
export type Ending =
  | 'whole'
  /** before any content: an error, a broken connection, or nothing in time */
  | 'failed'
  /** after content, and the client got an error event */
  | 'told'
  /** after content, without an error; or it looked complete and was not */
  | 'silent';

/** One request from the outside; times in ms on the clock of `performance.now()`. */
export interface Seen {
  readonly number: number;
  readonly ending: Ending;
  /** the upstream that answered, by the answer's own id */
  readonly by: string | undefined;
  /** the number of attempts in the answer's header */
  readonly attempts: number;
  readonly asked: number;
  readonly ended: number;
  /** what came, where it was not complete */
  readonly why: string;
}

export interface Ask {
  readonly url: string;
  readonly agent: Agent;
  readonly model: string;
  readonly number: number;
}

/** ms; no deadline of the gateway is longer. */
const callerTimeout = 30_000;
const conversations = 40;

/** Sends one request, every other one for a stream, and reads its answer to its end, whatever that is. */
export function ask({ url, agent, model, number }: Ask): Promise<Seen> {
  const stream = number % 2 === 0;
  const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content: String(number) }] });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-session-id': `conversation ${(number * 7) % conversations}`,
  };
  const asked = performance.now();
  return new Promise((resolve) => {
    let text = '';
    let answer: IncomingMessage | undefined;
    const end = (isBroken: boolean): void => {
      const ending = judge(text, stream, answer?.statusCode, isBroken);
      const attempts = Number(answer?.headers['x-switchyard-attempts'] ?? 1);
      const by = /"id":\s*"(\S+) \d+"/.exec(text)?.[1];
      const why = ending === 'whole' ? '' : `${answer?.statusCode ?? 'no answer'} ${text.slice(0, 500)}`;
      resolve({ number, ending, by, attempts, asked, ended: performance.now(), why });
    };
    const call = request(`${url}/v1/chat/completions`, { method: 'POST', agent, headers }, (came) => {
      answer = came.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.once('end', () => end(false));
      answer.once('error', () => end(true));
    });
    call.once('error', () => end(true));
    const late = setTimeout(() => call.destroy(new Error('late')), callerTimeout);
    call.once('close', () => clearTimeout(late));
    call.end(body);
  });
}

function judge(text: string, stream: boolean, status: number | undefined, isBroken: boolean): Ending {
  if (status !== 200) return 'failed';
  if (!stream) return isBroken || !text.includes(words.join('')) ? 'silent' : 'whole';
  const isWhole = !isBroken && text.includes('data: [DONE]');
  if (isWhole && words.every((word) => text.includes(`"content":"${word}"`))) return 'whole';
  if (!text.includes(`"content":"${words[0]}"`)) return 'failed';
  return text.includes('"error"') && !isWhole ? 'told' : 'silent';
}
