import type { FastifyRequest } from 'fastify';
import { isLoopback, nameIn } from './hosts.ts';
import type { Trust } from './trust.ts';

/**
 * Whether a page of this origin may call: one of this machine's, of the gateway's own host, or one that the config
 * names.
 */
export function allowsOrigin(origin: string, host: string, { asksForKey, origins }: Trust): boolean {
  if (origins.includes('*') || origins.includes(origin)) return true;
  if (asksForKey && origins.length === 0) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, host: own } = new URL(origin);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return isLoopback(hostname.replace(/^\[|\]$/g, '')) || own === host;
}

/**
 * Whether fetch metadata says that a page from elsewhere caused a request that has no Origin: an `<img>`, a `<script>`,
 * a link (https://www.w3.org/TR/fetch-metadata). A link may open the dashboard. Pages of this machine are same-site.
 */
export function isCrossSite(request: FastifyRequest, host: string, home: string, trust: Trust): boolean {
  const { 'sec-fetch-site': site } = request.headers;
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  if (trust.asksForKey || trust.origins.includes('*')) return false;
  if (site === 'same-site' && isLoopback(nameIn(host))) return false;
  return !opens(request, home);
}

function opens({ method, headers, url, routeOptions }: FastifyRequest, home: string): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = headers;
  const [path] = url.split('?');
  const isHome = path === home || `${path}/` === home;
  const isLinked = isHome || routeOptions.config.linked === true;
  return method === 'GET' && mode === 'navigate' && dest === 'document' && isLinked;
}
