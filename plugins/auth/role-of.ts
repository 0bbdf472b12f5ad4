import type { FastifyRequest } from 'fastify';
import { PeerCaller } from '../../kits/peer-kit/peer-caller.ts';
import { ApiKey } from './api-key.ts';
import { ConfigKey } from './config-key.ts';
import type { Role } from './key-record.ts';
import { SignedIn } from './sign-in/signed-in.ts';

type Caller = FastifyRequest['caller'];

/** The role of a caller. @param hasAdmin the gateway has a key of an admin; without one, keys of the config may do everything */
export function roleOf(caller: Caller, hasAdmin: boolean): Role {
  if (caller instanceof PeerCaller) return 'caller';
  if (caller instanceof ApiKey) return caller.record.role;
  if (caller instanceof SignedIn) return caller.role;
  if (caller instanceof ConfigKey) return caller.isAdmin || !hasAdmin ? 'admin' : 'caller';
  return 'admin';
}

/** The only key whose usage a caller may see; undefined: it may see all. @param hasAdmin likewise */
export function ownKeyOf(caller: Caller, hasAdmin: boolean): string | undefined {
  if (caller instanceof PeerCaller) return caller.name;
  const isKey = caller instanceof ApiKey || caller instanceof ConfigKey;
  return isKey && roleOf(caller, hasAdmin) === 'caller' ? caller.name : undefined;
}
