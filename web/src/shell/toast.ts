import { useSyncExternalStore } from 'react';

export interface Toast {
  readonly id: number;
  readonly tone: 'well' | 'bad' | 'busy';
  readonly title: string;
  readonly detail?: string;
}

const MOST = 4;
/** ms; an error stays until it is closed */
const SHOWN = 5_000;
const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let next = 1;

/** Shows a notification in the corner, and announces it to screen readers. */
export function toast(said: Omit<Toast, 'id'>): void {
  const id = next++;
  set([...toasts, { ...said, id }].slice(-MOST));
  if (said.tone !== 'bad') setTimeout(() => dismiss(id), SHOWN);
}

export const dismiss = (id: number): void => set(toasts.filter((one) => one.id !== id));

export const useToasts = (): readonly Toast[] => useSyncExternalStore(subscribe, () => toasts);

function set(all: readonly Toast[]): void {
  toasts = all;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
