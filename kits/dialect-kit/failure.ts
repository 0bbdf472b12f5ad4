import type { ErrorBody, SseEvent } from '../../core/contracts/index.ts';

/** An error as an event at which OpenAI's own SDKs throw while iterating: they check for a top-level `error`. */
export const failure = (said: ErrorBody): SseEvent => ({
  event: '',
  data: JSON.stringify(said),
});
