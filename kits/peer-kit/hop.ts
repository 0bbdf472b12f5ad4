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
}

const ID = /^[\w.-]{1,100}$/;

export const hopText = ({ id, from }: Hop): string => `${id} ${encodeURIComponent(from)}`;

/** undefined: there is none, or it cannot be one */
export function hopIn({ [HOP_HEADER]: text }: IncomingHttpHeaders): Hop | undefined {
  if (typeof text !== 'string') return undefined;
  const [id = '', from = ''] = text.split(' ');
  if (!ID.test(id)) return undefined;
  try {
    return { id, from: decodeURIComponent(from) };
  } catch {
    return { id, from: '' };
  }
}

export const scopeIn = ({ [PEER_HEADER]: scope }: IncomingHttpHeaders): Scope =>
  scope === 'all' ? 'all' : 'local';
