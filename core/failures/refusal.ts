import type { IncomingHttpHeaders } from 'node:http';

/** An upstream's answer that is not a 2xx. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
