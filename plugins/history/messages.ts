import type { Store } from './store.ts';

/** What the thread can be asked to do, by name: what the store does. */
export type Task = 'write' | 'requests' | 'request' | 'states' | 'statistics';

export interface Question {
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
