import type { Handler, Transport } from '../../../../core/contracts/index.ts';

/** Observes the content type of an answer, which the gateway may convert on its way to the client. */
export function observeContentType(transport: Transport): {
  readonly transport: Transport;
  readonly contentType: string;
} {
  const spied = {
    contentType: '',
    transport: {
      request: (request, handler, fresh) => {
        const spy: Handler = {
          connected: (reused) => handler.connected(reused),
          head(status, headers) {
            spied.contentType = String(headers['content-type'] ?? '').toLowerCase();
            handler.head(status, headers);
          },
          data: (chunk) => handler.data(chunk),
          end: () => handler.end(),
          lost: (error, incomplete) => handler.lost(error, incomplete),
        };
        return transport.request(request, spy, fresh);
      },
      close: () => transport.close(),
    } satisfies Transport,
  };
  return spied;
}
