import { setTimeout as sleep } from 'node:timers/promises';
import type { Upstream } from '../../test/upstream/upstream.ts';

export const FAULTS = [
  'status-500',
  'status-429',
  'cut-after-content',
  'rst-before-head',
  'error-in-200',
] as const;

export interface Counts {
  whole: number;
  told: number;
  left: number;
  readonly lost: string[];
}

export interface Load {
  readonly url: string;
  readonly upstream: Upstream;
  readonly clients: number;
  /** ms between an answer and the client's next request */
  readonly pauseMs: number;
  readonly isOver: () => boolean;
}

/** Mixed requests of several clients at once, until it is over; some meet faults, and some clients leave. */
export async function load({ url, upstream, clients, pauseMs, isOver }: Load, counts: Counts): Promise<void> {
  const client = async (first: number): Promise<void> => {
    for (let n = first; !isOver(); n += clients) {
      if (n % 17 === 0) upstream.behaveOnce(FAULTS[n % FAULTS.length]!);
      await ask(url, n, counts);
      if (pauseMs > 0) await sleep(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, own) => client(own + 1)));
}

/** One request; it is answered whole, or the client is told why not. */
async function ask(url: string, n: number, counts: Counts): Promise<void> {
  const content = n % 11 === 0 ? 'x'.repeat(400_000) : 'hi';
  const messages = [{ role: 'user', content }];
  const kind = n % 5;
  const path = kind === 3 ? '/v1/messages' : '/v1/chat/completions';
  const model = kind === 4 ? (n % 10 === 4 ? 'local' : 'refused') : 'm';
  const isStream = kind === 1 || kind === 2 || (kind === 3 && n % 2 === 0);
  const leaves = n % 13 === 0 ? AbortSignal.timeout(20) : undefined;
  try {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, max_tokens: 50, stream: isStream, messages }),
      ...(leaves && { signal: leaves }),
    });
    const text = await answer.text();
    const isWhole = isStream ? /data: \[DONE\]|event: message_stop/.test(text) : answer.ok;
    if (answer.ok && isWhole) counts.whole++;
    else if (/"error"/.test(text)) counts.told++;
    else counts.lost.push(`${path} ${model} ${answer.status} ${text.slice(-200)}`);
  } catch (error) {
    if (leaves?.aborted) counts.left++;
    // A body without its end is told by the connection.
    else if ((error as Error).message === 'terminated') counts.told++;
    else counts.lost.push(`${path} ${model} ${String((error as Error).cause ?? error)}`);
  }
}
