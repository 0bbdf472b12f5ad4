import type * as contract from '../../core/contracts/index.ts';
import type { OutboundProxy } from '../../core/contracts/index.ts';
import { BlockList, isIP } from 'node:net';
import { withoutCredentials } from '../../wire/credentials.ts';
import { GatewayError } from '../../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const SCHEMES = /^(?:https?|socks5?h?):$/;

/**
 * The proxies that the environment names, read as curl and most programs do: HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, in lower
 * or upper case, except for what NO_PROXY lists. A request to this machine never goes through a proxy.
 */
export class Proxies implements contract.OutboundProxies {
  readonly #http: OutboundProxy | undefined;
  readonly #https: OutboundProxy | undefined;
  readonly #bypasses: readonly ((host: string, port: number) => boolean)[];
  readonly #known = new Map<string, OutboundProxy | undefined>();

  /** @throws GatewayError `config_invalid` for a value that is not the URL of a proxy */
  constructor(env: Environment) {
    this.#http = proxyIn(env, 'http_proxy') ?? proxyIn(env, 'all_proxy');
    this.#https = proxyIn(env, 'https_proxy') ?? proxyIn(env, 'all_proxy');
    const [, listed = ''] = valueOf(env, 'no_proxy') ?? [];
    this.#bypasses = listed
      .split(/[,\s]+/)
      .filter(Boolean)
      .map(bypass);
  }

  /** The proxy for an origin, such as https://api.example.com; undefined: the origin is reached directly. */
  for(origin: string): OutboundProxy | undefined {
    if (!this.#http && !this.#https) return undefined;
    if (!this.#known.has(origin)) this.#known.set(origin, this.#chosen(new URL(origin)));
    return this.#known.get(origin);
  }

  #chosen({ protocol, hostname, port: written }: URL): OutboundProxy | undefined {
    const host = bare(hostname);
    const port = Number(written || (protocol === 'https:' ? 443 : 80));
    if (isHere(host) || this.#bypasses.some((covers) => covers(host, port))) return undefined;
    return protocol === 'https:' ? this.#https : this.#http;
  }
}

function proxyIn(env: Environment, name: string): OutboundProxy | undefined {
  const [variable, value] = valueOf(env, name) ?? [];
  if (variable === undefined || value === undefined) return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.parse(text);
  if (!url || url.hostname === '' || !SCHEMES.test(url.protocol))
    throw new GatewayError(
      'config_invalid',
      `${variable} is '${withoutCredentials(text)}', which is not the URL of a proxy; it looks like http://proxy.example.com:3128, and may begin with https:// or socks5://, too`,
    );
  // The proxy always resolves names, which curl spells with an h.
  const uri = text.replace(/^socks5?h?:/i, 'socks5:');
  return { uri, name: withoutCredentials(text), variable };
}

/** Lower case first: with CGI, a client could set HTTP_PROXY by a header. */
function valueOf(env: Environment, name: string): [variable: string, value: string] | undefined {
  for (const variable of [name, name.toUpperCase()]) {
    const value = env[variable]?.trim();
    if (value) return [variable, value];
  }
  return undefined;
}

/** An entry of NO_PROXY: `*`, a name with its subdomains, `*.name`, an address or a range, each with or without a port. */
function bypass(entry: string): (host: string, port: number) => boolean {
  const [, name = '', port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? ['', entry];
  const isPort = (its: number): boolean => port === undefined || Number(port) === its;
  const covers = coverage(bare(name));
  return (host, its) => isPort(its) && covers(host);
}

function coverage(name: string): (host: string) => boolean {
  if (name === '*') return () => true;
  const [address = '', bits] = name.split('/');
  if (isIP(address) > 0) {
    const list = new BlockList();
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
    return (host) => isIP(host) > 0 && list.check(host, familyOf(host));
  }
  const suffix = `.${name.replace(/^\*?\./, '')}`;
  return (host) => host.endsWith(suffix) || (!name.startsWith('*') && `.${host}` === suffix);
}

/** Without brackets, and without the dot at the end of a fully qualified name. */
const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(?<=.)\.$/, '');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

const HERE = new BlockList();
HERE.addSubnet('127.0.0.0', 8, 'ipv4');
HERE.addAddress('0.0.0.0', 'ipv4');
HERE.addAddress('::1', 'ipv6');
HERE.addAddress('::', 'ipv6');

const isHere = (host: string): boolean =>
  isIP(host) > 0 ? HERE.check(host, familyOf(host)) : host === 'localhost' || host.endsWith('.localhost');
