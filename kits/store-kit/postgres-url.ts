import type { ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { GatewayError } from '../../core/errors.ts';

/** One way to reach PostgreSQL: a host, with or without TLS. */
export type Way = Pick<ClientConfig, 'host' | 'port' | 'ssl'>;

/** What a URL of PostgreSQL says. */
export interface PostgresUrl {
  /** They are tried in this order. */
  readonly ways: readonly Way[];
  /** Of each connection. */
  readonly session: Pick<
    ClientConfig,
    'user' | 'database' | 'application_name' | 'options' | 'enableChannelBinding'
  >;
  readonly password?: string;
  /** A server that takes no writes is none: its standby may be another of the hosts. */
  readonly isPrimary: boolean;
}

const PARTS = /^(?<scheme>[a-z]+:\/\/(?:[^/?#]*@)?)(?<hosts>[^/?#@]*)(?<rest>.*)$/s;
const HOST = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d{1,5}))?$/;
/** Their own parameter, rather than one of the server's. */
const NOT_SETTINGS = ['target_session_attrs', 'application_name', 'channel_binding'];

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?PARAMETERS`, as libpq does. A host that begins with `/`, which
 * is `%2F` there, is the folder of a socket. Parameters that are not of the connection are settings of the session.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 * @param tls is used instead of that of `sslmode`
 * @throws GatewayError `config_invalid`
 */
export function readUrl(url: string, tls?: ConnectionOptions): PostgresUrl {
  const { scheme, hosts = '', rest } = PARTS.exec(url)?.groups ?? {};
  const { username, password, pathname, searchParams } = parsed(`${scheme}host${rest}`);
  const { sslmode, ssl = 'disable', ...parameters } = Object.fromEntries(searchParams);
  const file = Object.keys(parameters).find((name) => name.startsWith('ssl'));
  if (file) throw refused(`${file} is not read here: say it in store.tls`);
  const all = hosts.split(',').map(hostOf);
  const attributes = parameters.target_session_attrs ?? (all.length > 1 ? 'read-write' : 'any');
  if (!['any', 'read-write', 'primary'].includes(attributes))
    throw refused(`target_session_attrs=${attributes} does not fit, because gateways write: say read-write`);
  return {
    ways: all.flatMap((host) => waysTo(host, tls ? [tls] : tlsOf(sslmode ?? ssl))),
    session: {
      ...given('user', username),
      ...given('database', pathname.slice(1)),
      application_name: parameters.application_name ?? 'switchyard',
      options: optionsOf(parameters),
      enableChannelBinding: ['prefer', 'require'].includes(parameters.channel_binding ?? 'disable'),
    },
    ...given('password', password),
    isPrimary: attributes !== 'any',
  };
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch (error) {
    throw refused((error as Error).message);
  }
}

/** pg takes what is absent from the environment, as libpq does: `PGPASSWORD` and the like. */
const given = <Name extends string>(name: Name, text: string): { readonly [One in Name]?: string } =>
  text === '' ? {} : ({ [name]: decoded(text) } as { readonly [One in Name]: string });

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('a % is not followed by two hexadecimal digits: write it as %25');
  }
}

function hostOf(text: string): Pick<ClientConfig, 'host' | 'port'> {
  const { host, port } = HOST.exec(text)?.groups ?? {};
  if (host === undefined) throw refused(`'${text}' is not a host with a port`);
  return { ...given('host', host.replace(/^\[(.*)\]$/, '$1')), ...(port && { port: Number(port) }) };
}

/** A socket of this machine has no TLS. */
const waysTo = (host: Pick<ClientConfig, 'host' | 'port'>, tls: readonly Way['ssl'][]): readonly Way[] =>
  host.host?.startsWith('/') ? [{ ...host, ssl: false }] : tls.map((ssl) => ({ ...host, ssl }));

function tlsOf(mode: string): readonly NonNullable<Way['ssl']>[] {
  const unverified = { rejectUnauthorized: false };
  if (['disable', 'false', '0'].includes(mode)) return [false];
  if (mode === 'allow' || mode === 'prefer') return [unverified, false];
  if (mode === 'require') return [unverified];
  if (['verify-ca', 'verify-full', 'true', '1'].includes(mode)) return [true];
  throw refused(`sslmode=${mode} is none: say disable, prefer, require or verify-full`);
}

function optionsOf({ options, ...parameters }: Readonly<Record<string, string>>): string {
  const settings = Object.entries(parameters).filter(([name]) => !NOT_SETTINGS.includes(name));
  const escaped = (value: string): string => value.replaceAll(/[\\\s]/g, '\\$&');
  return [options, ...settings.map(([name, value]) => `-c ${name}=${escaped(value)}`)]
    .filter(Boolean)
    .join(' ');
}

const refused = (message: string): GatewayError =>
  new GatewayError('config_invalid', `store.url: ${message}`);
