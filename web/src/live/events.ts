import type { LiveEvents } from '../api/types.ts';

/** One event of `GET /events`. */
export type LiveEvent = {
  [Name in keyof LiveEvents]: { readonly name: Name; readonly data: LiveEvents[Name] };
}[keyof LiveEvents];
