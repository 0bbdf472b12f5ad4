import type { Json } from '../../../../kits/dialect-kit/json.ts';

/** An error that came as an answer's text, as the reader reports it. */
export const disguised = (message: string): { error: Json } => ({
  error: { message, type: 'upstream_error', param: null, code: null },
});
