import { useSyncExternalStore } from 'react';
import { queries } from '../../api/queries.ts';
import { queryClient } from '../../api/query-client.ts';
import type { Provider } from '../../api/types.ts';

/** An installation that waits for a person's consent. */
export interface Waiting {
  readonly provider: Provider;
  readonly answer: (agreed: boolean) => void;
}

/** The person declined: this is no failure. */
export class Declined extends Error {
  override readonly name = 'Declined';
}

const NAME = 'switchyard.agreed';
const listeners = new Set<() => void>();
let waiting: Waiting | undefined;

/**
 * Shows a program's notes before it is fetched for the first time, and waits for the person's consent.
 * @throws Declined
 */
export async function agreeToInstall(name: string): Promise<void> {
  const { providers } = await queryClient.fetchQuery(queries.providers());
  const provider = providers.find((one) => one.name === name);
  if (!provider || !isFirstInstall(provider)) return;
  waiting?.answer(false);
  const agreed = await new Promise<boolean>((resolve) => {
    set({
      provider,
      answer: (word) => {
        set(undefined);
        resolve(word);
      },
    });
  });
  if (!agreed) throw new Declined(`${name} is not installed`);
  rememberAgreed([provider]);
}

/** It would be fetched, and this browser has no consent yet. */
const isFirstInstall = (provider: Provider): boolean =>
  provider.process?.state === 'absent' && !agreedTo().includes(markOf(provider));

export function rememberAgreed(providers: readonly Provider[]): void {
  localStorage.setItem(NAME, JSON.stringify([...new Set([...agreedTo(), ...providers.map(markOf)])]));
}

export const useWaiting = (): Waiting | undefined => useSyncExternalStore(subscribe, () => waiting);

/** Other code needs another consent. */
const markOf = ({ name, process }: Provider): string => `${name} ${process?.source ?? ''}`;

function agreedTo(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? '[]');
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
  }
}

function set(next: Waiting | undefined): void {
  waiting = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
