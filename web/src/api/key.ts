import { useSyncExternalStore } from 'react';

/** The key for the API, and whether the API has asked for one. */
export interface KeyState {
  readonly key: string | undefined;
  /** kept for the next visits, and not only for this tab */
  readonly remembered: boolean;
  /** the API has answered 401 and waits for a (better) key */
  readonly wanted: boolean;
  /** the API's message about the key it got */
  readonly refusal: string | undefined;
}

const NAME = 'switchyard.key';
const listeners = new Set<() => void>();
let state: KeyState = read();

export const currentKey = (): KeyState => state;

/** The header that carries the key; without one, that which a session needs. */
export const keyHeader = (): Record<string, string> =>
  state.key === undefined ? { 'x-switchyard-session': '1' } : { authorization: `Bearer ${state.key}` };

/** Called with the key that got a 401: a newer one may have been entered meanwhile. */
export function keyRefused(used: string | undefined, message: string): void {
  if (used !== state.key || state.wanted) return;
  set({ ...state, wanted: true, refusal: used === undefined ? undefined : message });
}

export function giveKey(key: string, remembered: boolean): void {
  forget();
  (remembered ? localStorage : sessionStorage).setItem(NAME, key);
  set({ key, remembered, wanted: false, refusal: undefined });
}

/** A session has begun: what was refused is asked again. */
export const gotIn = (): void => dropKey();

/** Forgets the key, so that the API asks for another one. */
export function dropKey(): void {
  forget();
  set({ key: undefined, remembered: false, wanted: false, refusal: undefined });
}

export const useKey = (): KeyState => useSyncExternalStore(onKeyChange, currentKey);

export function onKeyChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function set(next: KeyState): void {
  state = next;
  for (const listener of listeners) listener();
}

function forget(): void {
  sessionStorage.removeItem(NAME);
  localStorage.removeItem(NAME);
}

function read(): KeyState {
  const kept = localStorage.getItem(NAME);
  const key = kept ?? sessionStorage.getItem(NAME) ?? undefined;
  return { key, remembered: kept !== null, wanted: false, refusal: undefined };
}
