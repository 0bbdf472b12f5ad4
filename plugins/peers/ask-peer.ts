import type { Gateway, Transport, UpstreamRequest, Upstream } from '../../core/contracts/index.ts';
import { exchanged } from '../../kits/feature-kit/index.ts';

/** A request of this gateway's own to a peer, with the key and the headers of its provider. */
export const requestTo = (upstream: Upstream, method: string, path: string): UpstreamRequest =>
  upstream.provider.request(
    {
      surface: 'peers',
      method,
      path,
      isAtRoot: true,
      headers: {},
      raw: Buffer.alloc(0),
      model: '',
      stream: false,
      choices: 1,
      format: 'opaque',
      forwardAuthorization: false,
    },
    upstream.detached('*'),
  );

/** Posts to a peer. @throws Error with its message, where it refused */
export async function askPeer(
  gateway: Gateway,
  name: string,
  path: string,
  withinMs: number,
): Promise<Record<string, unknown>> {
  const upstream = gateway.upstreams.named(name);
  const write = (): UpstreamRequest => requestTo(upstream, 'POST', path);
  // A kept connection may lead to a replaced process, which refuses the request.
  const fresh: Transport = {
    request: (request, handler) => gateway.transport.request(request, handler, true),
    close: () => Promise.resolve(),
  };
  const { status, body } = await exchanged(fresh, write, { withinMs });
  const said = parsed(body);
  if (status === 200) return said;
  const { message } = (said.error ?? {}) as { message?: unknown };
  throw new Error(typeof message === 'string' ? message : `it answered ${status}`);
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
