import { useRef, useSyncExternalStore } from 'react';
import { nothingYet, type Live } from './live.ts';

const listeners = new Set<() => void>();
let live = nothingYet;
let told = true;

export const currentLive = (): Live => live;

/** Replaces the state. Views are notified once per frame at most. */
export function setLive(next: Live): void {
  if (next === live) return;
  live = next;
  if (!told) return;
  told = false;
  // A hidden tab gets no frames, and has nothing to draw.
  if (document.hidden) setTimeout(tell, 250);
  else requestAnimationFrame(tell);
}

function tell(): void {
  told = true;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * A view's part of the live state. The view renders only when that has changed, compared member by member where it is
 * an object or a list.
 */
export function useLive<T>(choose: (live: Live) => T): T {
  const last = useRef<{ readonly value: T } | undefined>(undefined);
  return useSyncExternalStore(subscribe, () => {
    const value = choose(live);
    if (last.current !== undefined && same(last.current.value, value)) return last.current.value;
    last.current = { value };
    return value;
  });
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.is(left[key], right[key]));
}
