import { ApiError } from '../api/api-error.ts';
import { ask } from '../api/client.ts';
import { currentKey, onKeyChange } from '../api/key.ts';
import { isSeen, onceUnseen } from './seen.ts';
import { serverEvents } from './sse.ts';
import type { LiveEvent } from './events.ts';

export type Lost = 'lost' | 'unauthorised' | 'absent';

export interface Listener {
  readonly heard: (event: LiveEvent) => void;
  readonly lost: (why: Lost) => void;
}

// The gateway sends a tick each second: a connection that is silent for this long is dead.
const SILENCE = 15_000;
const LONGEST_PAUSE = 5_000;
// All tabs of a browser share six connections to a host: hidden ones close theirs.
const UNSEEN = 30_000;

/**
 * Reads `GET /events` for as long as the page is visible: by fetch rather than EventSource, which cannot send a key.
 * Each new connection resumes after the last event received.
 */
export async function listen({ heard, lost }: Listener): Promise<never> {
  let last: string | undefined;
  let failures = 0;
  for (;;) {
    await isSeen();
    try {
      for await (const { id, event, data } of connection(last)) {
        failures = 0;
        last = id ?? last;
        heard({ name: event, data: JSON.parse(data) as unknown } as LiveEvent);
      }
      lost('lost');
    } catch (error) {
      if (document.hidden) continue;
      const why = whyLost(error);
      lost(why);
      if (why === 'unauthorised') {
        await keyIsGiven();
        continue;
      }
    }
    await pause(Math.min(250 * 2 ** failures++, LONGEST_PAUSE));
  }
}

function whyLost(error: unknown): Lost {
  if (!(error instanceof ApiError)) return 'lost';
  if (error.status === 401 || error.status === 403) return 'unauthorised';
  return error.status === 404 ? 'absent' : 'lost';
}

async function* connection(last: string | undefined): ReturnType<typeof serverEvents> {
  const patience = new AbortController();
  let timer = setTimeout(() => patience.abort(), SILENCE);
  const unseen = onceUnseen(UNSEEN, () => patience.abort());
  try {
    const response = await ask('GET', 'events', {
      headers: { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) },
      signal: patience.signal,
    });
    if (!response.body) return;
    for await (const event of serverEvents(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(() => patience.abort(), SILENCE);
      yield event;
    }
  } finally {
    clearTimeout(timer);
    unseen.stop();
    patience.abort();
  }
}

/** A random pause, cut short when the tab becomes visible or the network is back. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    const timer = setTimeout(done, ms * (0.75 + Math.random() / 2));
    window.addEventListener('online', done);
    document.addEventListener('visibilitychange', done);
  });
}

function keyIsGiven(): Promise<void> {
  return new Promise((resolve) => {
    const stop = onKeyChange(() => {
      if (currentKey().wanted) return;
      stop();
      resolve();
    });
  });
}
