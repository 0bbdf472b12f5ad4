import { members, scalarAt, valueAt } from '../../../../../wire/body/json-members.ts';

/** What a message of either side says of itself. */
export interface Said {
  readonly type: string;
  readonly model: string;
  /** It goes on from a response that the upstream of this connection may alone have. */
  readonly continues: boolean;
  /** of an error: the status that it would have as an answer */
  readonly status: number | undefined;
}

const NAMES = ['type', 'model', 'previous_response_id', 'status', 'error'];
const LAST = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);

/** undefined: it is no JSON object */
export function readMessage(message: Buffer): Said | undefined {
  const spans = members(message, NAMES)?.spans;
  if (!spans) return undefined;
  const text = (name: string): string => {
    const value = scalarAt(message, spans.get(name));
    return typeof value === 'string' ? value : '';
  };
  const status = scalarAt(message, spans.get('status'));
  return {
    type: text('type'),
    model: text('model'),
    continues: text('previous_response_id') !== '',
    status: typeof status === 'number' && status >= 300 && status < 600 ? status : undefined,
  };
}

/** The response that is under way ends with it. */
export const isLast = ({ type }: Said): boolean => LAST.has(type);

/** What an error of this API's own says. */
export function errorIn(message: Buffer): { readonly body: Buffer; readonly text: string } {
  const span = members(message, NAMES)?.spans.get('error');
  const error = (valueAt(message, span) ?? {}) as { message?: unknown };
  const text = typeof error.message === 'string' ? error.message : 'it gave no reason';
  return { body: Buffer.from(JSON.stringify({ error })), text };
}

/** An error in this API's own form. @param body of an HTTP answer */
export function errorEvent(status: number, body: Buffer): string {
  let error: unknown;
  try {
    error = (JSON.parse(body.toString()) as { error?: unknown }).error;
  } catch {
    // A body that is no JSON says nothing here.
  }
  return JSON.stringify({ type: 'error', status, error: error ?? { message: `answered ${status}` } });
}
