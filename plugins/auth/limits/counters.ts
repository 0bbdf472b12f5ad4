import type { Counted } from './limits.ts';
import { Window, type Span } from './window.ts';

/** What windows have counted, by `requests.day`; spans that are over do not matter. */
export type SavedCounters = Readonly<Record<string, readonly [beganEpochMs: number, used: number]>>;

/** The windows of one key: they outlive changes of its limits, and the gateway. */
export class Counters {
  readonly #windows = new Map<string, Window>();
  #saved: SavedCounters;

  constructor(saved: SavedCounters = {}) {
    this.#saved = saved;
  }

  window(counted: Counted, span: Span): Window {
    const name = `${counted}.${span}`;
    let window = this.#windows.get(name);
    if (!window) this.#windows.set(name, (window = new Window(span, this.#saved[name])));
    return window;
  }

  get saved(): SavedCounters {
    const own = [...this.#windows].map(([name, window]) => [name, window.saved] as const);
    return { ...this.#saved, ...Object.fromEntries(own) };
  }
}
