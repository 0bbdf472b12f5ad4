import type { IncomingHttpHeaders } from 'node:http';

/**
 * Headers of a request from one gateway to another. They mean something only beside the key of a peer: from anywhere else
 * they are dropped.
 */
export const PEER_HEADER = 'x-switchyard-peer';
export const HOP_HEADER = 'x-switchyard-hop';

/** Which of its providers a peer may be asked for: local programs and servers, or all but its own peers. */
export const SCOPES = ['local', 'all'] as const;
export type Scope = (typeof SCOPES)[number];

/** Where a request comes from: the id that it has there, and that gateway's name. */
interface Hop {
  readonly id: string;
  readonly from: string;
  /** the name of the gateways that it shares its limits with */
  readonly fleet?: string | undefined;
}

const ID = /^[\w.-]{1,100}$/;

export const hopText = ({ id, from, fleet }: Hop): string =>
  `${id} ${encodeURIComponent(from)}${fleet === undefined ? '' : ` ${fleet}`}`;

/** undefined: there is none, or it cannot be one */
export function hopIn({ [HOP_HEADER]: text }: IncomingHttpHeaders): Hop | undefined {
  if (typeof text !== 'string') return undefined;
  const [id = '', from = '', fleet] = text.split(' ');
  if (!ID.test(id)) return undefined;
  try {
    return { id, from: decodeURIComponent(from), fleet };
  } catch {
    return { id, from: '', fleet };
  }
}

/** The id that an attempt has at a peer. @param nth of its request, from 0 */
export const idAtPeer = (id: string, nth: number): string => (nth === 0 ? id : `${id}.${nth + 1}`);

/** The id of the request that one with this id is an attempt of, at a gateway that asks peers. */
export const idAtAsker = (id: string): string => id.replace(/\.\d+$/, '');

const OF_PEER = 'peer ';

/** The name of a peer's key among those of callers, and the peer that has that name. */
export const keyNameOf = (peer: string): string => OF_PEER + peer;
export const peerOf = (key: string | undefined): string | undefined =>
  key?.startsWith(OF_PEER) ? key.slice(OF_PEER.length) : undefined;

export const scopeIn = ({ [PEER_HEADER]: scope }: IncomingHttpHeaders): Scope =>
  scope === 'all' ? 'all' : 'local';
