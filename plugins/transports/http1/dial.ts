import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** ms of silence after which the kernel probes whether the peer is still there. */
const PROBE = 60_000;

/** Where a connection goes. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** TLS, its certificate verified */
  readonly isSecure: boolean;
  /** the latest TLS session, which makes the next handshake shorter (RFC 8446 §2.2) */
  session: Buffer | undefined;
}

/**
 * Opens a connection.
 * @param onread where its bytes are read to
 * @param opened called once a request may be sent, behind the handshake
 */
export function dial(place: Place, onread: OnReadOpts, opened: () => void): Socket {
  const { host, port } = place;
  const socket = place.isSecure ? secure(place, onread) : connectTcp({ host, port, onread });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, PROBE);
  return socket.on(place.isSecure ? 'secureConnect' : 'connect', opened);
}

function secure(place: Place, onread: OnReadOpts): Socket {
  const { host, port, session } = place;
  const options: ConnectionOptions & { readonly onread: OnReadOpts } = {
    host,
    port,
    onread,
    ALPNProtocols: ['http/1.1'],
    // An address is no name of a server (RFC 6066 §3); the certificate must have it all the same.
    ...(isIP(host) === 0 && { servername: host }),
    ...(session && { session }),
  };
  return connectTls(options).on('session', (latest) => (place.session = latest));
}
