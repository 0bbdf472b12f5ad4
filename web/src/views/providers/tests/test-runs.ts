import { useSyncExternalStore } from 'react';
import { ask } from '../../../api/client.ts';
import type { Check, TestStart } from '../../../api/types.ts';
import { serverEvents } from '../../../live/sse.ts';

/** One run of the provider test suite so far. */
export interface TestRun {
  /** ms since 1970 */
  readonly begun: number;
  /** the names of all checks, in their order */
  readonly names: readonly string[];
  readonly checks: readonly Check[];
  readonly isRunning: boolean;
  readonly error: Error | undefined;
}

interface Options {
  /** a program that does not run is started first, and stays running */
  readonly start?: boolean;
}

// Kept outside the view, so that a test goes on while another view is open.
const runs = new Map<string, TestRun>();
const stops = new Map<string, AbortController>();
const listeners = new Set<() => void>();

export const useTestRun = (name: string): TestRun | undefined =>
  useSyncExternalStore(subscribe, () => runs.get(name));

/** Tests a provider, and reports each check as it ends. A running test continues. */
export async function runTests(name: string, { start = false }: Options = {}): Promise<void> {
  if (runs.get(name)?.isRunning) return;
  const stop = new AbortController();
  stops.set(name, stop);
  set(name, { begun: Date.now(), names: [], checks: [], isRunning: true, error: undefined });
  try {
    const response = await ask('POST', `providers/${encodeURIComponent(name)}/test`, {
      body: { start },
      headers: { accept: 'text/event-stream' },
      signal: stop.signal,
    });
    for await (const { event, data } of serverEvents(response.body!)) {
      const told: unknown = JSON.parse(data);
      if (event === 'begin') change(name, () => ({ names: (told as TestStart).checks }));
      if (event === 'check') change(name, ({ checks }) => ({ checks: [...checks, told as Check] }));
    }
    change(name, () => ({ isRunning: false }));
  } catch (error) {
    change(name, () => ({ isRunning: false, ...(stop.signal.aborted ? {} : { error: error as Error }) }));
  }
}

export const stopTests = (name: string): void => stops.get(name)?.abort();

function change(name: string, to: (run: TestRun) => Partial<TestRun>): void {
  const run = runs.get(name);
  if (run) set(name, { ...run, ...to(run) });
}

function set(name: string, run: TestRun): void {
  runs.set(name, run);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
