import { useEffect, useState } from 'react';
import { ApiError } from '../../../api/api-error.ts';
import { ask } from '../../../api/client.ts';
import type { LogLine } from '../../../api/types.ts';
import { serverEvents } from '../../../live/sse.ts';

/** lines that are kept on the page, and that are requested at first */
const MOST = 2_000;
const FIRST = 500;
/** ms until the next try */
const PAUSE = 1_000;

export interface Followed {
  readonly lines: readonly LogLine[];
  /** the first result has arrived */
  readonly isLoaded: boolean;
  readonly error: Error | undefined;
}

const NOTHING: Followed = { lines: [], isLoaded: false, error: undefined };

/**
 * The end of a program's log, and new lines while it is followed; otherwise the lines stay as they are.
 * @param search only lines that contain this text
 */
export function useLog(name: string, search: string, isFollowed: boolean): Followed {
  const asked = `${name}\n${search}`;
  const [kept, setKept] = useState({ asked, followed: NOTHING });
  // Another query: results of the last one do not belong to it.
  if (kept.asked !== asked) setKept({ asked, followed: NOTHING });
  useEffect(() => {
    if (!isFollowed) return;
    const leaving = new AbortController();
    const tell = (change: (before: Followed) => Followed): void => {
      if (!leaving.signal.aborted)
        setKept((before) => (before.asked === asked ? { asked, followed: change(before.followed) } : before));
    };
    void follow({ name, search, signal: leaving.signal, tell });
    return () => leaving.abort();
  }, [name, search, isFollowed, asked]);
  return kept.followed;
}

interface Following {
  readonly name: string;
  readonly search: string;
  readonly signal: AbortSignal;
  readonly tell: (change: (before: Followed) => Followed) => void;
}

/** Until it is aborted; a broken connection is opened again, and resumes after the last line. */
async function follow({ name, search, signal, tell }: Following): Promise<void> {
  const batch = batched<LogLine>((lines) =>
    tell((before) => ({ lines: merged(before.lines, lines), isLoaded: true, error: undefined })),
  );
  let last: string | undefined;
  while (!signal.aborted) {
    try {
      const response = await ask('GET', `providers/${encodeURIComponent(name)}/logs`, {
        query: { follow: 'true', lines: FIRST, search },
        headers: last === undefined ? {} : { 'last-event-id': last },
        signal,
      });
      tell((before) => ({ ...before, isLoaded: true, error: undefined }));
      for await (const { event, id, data } of serverEvents(response.body!)) {
        if (event !== 'line') continue;
        last = id ?? last;
        batch(JSON.parse(data) as LogLine);
      }
    } catch (error) {
      if (signal.aborted) return;
      tell((before) => ({ ...before, isLoaded: true, error: error as Error }));
      if (error instanceof ApiError && error.status < 500) return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Numbers begin again with the gateway: lines before a smaller number are of another run. */
function merged(before: readonly LogLine[], lines: readonly LogLine[]): readonly LogLine[] {
  const first = lines[0]?.n ?? 0;
  const old = (before.at(-1)?.n ?? 0) < first ? before : before.filter(({ n }) => n < first);
  return [...old, ...lines].slice(-MOST);
}

/** Collects lines, and passes them on once per frame. */
function batched<T>(hand: (all: readonly T[]) => void): (one: T) => void {
  let waiting: T[] = [];
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    hand(all);
  };
  return (one) => {
    waiting.push(one);
    if (waiting.length > 1) return;
    // A hidden tab gets no frames.
    if (document.hidden) setTimeout(flush, 250);
    else requestAnimationFrame(flush);
  };
}
