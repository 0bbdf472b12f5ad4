import type { Store } from './store.ts';

/** Calls that the thread accepts, by name: the store's methods. */
export type Task = 'write' | 'requests' | 'request' | 'states' | 'statistics';

export interface ThreadCall {
  readonly id: number;
  readonly task: Task;
  readonly values: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  /** for the operator */
  | { readonly say: string };

export type Values<T extends Task> = Parameters<Store[T]>;
export type Result<T extends Task> = ReturnType<Store[T]>;
