import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Trust } from './trust.ts';

/** A name or an address, and a port: anything else in a Host header is invalid (RFC 9110 §7.2). */
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d*)?$/i;

/** Whether a request may use this host name: one of this machine's, or one that the config names. */
export function knowsHost(host: string, trust: Trust): boolean {
  return isLoopback(nameIn(host)) || isRemotelyReachable(host, trust);
}

/** With keys any name is accepted: a page that came by a false name has no key. */
export function isRemotelyReachable(host: string, { asksForKey, hosts }: Trust): boolean {
  return (
    asksForKey || hosts.some((known) => [nameIn(host), host.toLowerCase()].includes(known.toLowerCase()))
  );
}

/**
 * In an embedding app the gateway does not know which addresses are listened on, and any remote machine can send `Host:
 * localhost`.
 */
export function isNear({ socket: { remoteAddress }, server: { server } }: FastifyRequest): boolean {
  if (remoteAddress === '127.0.0.1') return true;
  if (remoteAddress === undefined) return typeof server.address() === 'string';
  return isLoopback(remoteAddress.replace(/^::ffff:/, ''));
}

/** The name in a Host header, in lower case; '' where it is invalid. */
export function nameIn(host: string): string {
  const name = HOST.exec(host)?.[1] ?? '';
  return name.replace(/^\[|\]$/g, '').toLowerCase();
}

export function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  );
}
