import type { Json } from '../dialects/json.ts';

/** An error that came in the disguise of an answer, as the reader of one understands it. */
export const disguised = (message: string): { error: Json } => ({
  error: { message, type: 'upstream_error', param: null, code: null },
});
