import type { ErrorBody, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { foreignRefusal as foreign } from '../../../../kits/dialect-kit/foreign-refusal.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** Google's names of errors by HTTP status; what is missing is INVALID_ARGUMENT or INTERNAL. */
const STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** An error as Google's APIs write it. The gateway's own code is its reason. */
export function geminiError({ error }: ErrorBody, status: number): { error: Json } {
  const { message, code, param } = error;
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: code,
    domain: 'switchyard',
    ...(typeof param === 'string' && { metadata: { param } }),
  };
  const details = typeof code === 'string' ? [info] : [];
  return { error: { code: status, message, status: statusOf(status), details } };
}

/** The same in a stream. An error of an upstream with this API keeps its own status. */
export function geminiFailure(said: ErrorBody, status: number): SseEvent {
  const own = typeof said.error.status === 'string' ? said : geminiError(said, status);
  return { event: '', data: JSON.stringify(own) };
}

const statusOf = (status: number): string =>
  STATUSES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');

/** The message of a refusal that is not `{error: {code, message, status}}`; undefined: it is. */
export function foreignRefusal(body: unknown): string | undefined {
  const text = foreign(body);
  if (text !== undefined) return text;
  const { error } = body as { error: unknown };
  if (isObject(error) && typeof error.status === 'string') return undefined;
  return asText((error as Json).message);
}
