import { createHmac } from 'node:crypto';

/** The headers that sign what is posted to a webhook: with the time, so that a body cannot be sent again later. */
export function signature(secret: string, body: string, epochS: number): Readonly<Record<string, string>> {
  const digest = createHmac('sha256', secret).update(`${epochS}.${body}`).digest('hex');
  return { 'x-switchyard-timestamp': String(epochS), 'x-switchyard-signature': `sha256=${digest}` };
}
