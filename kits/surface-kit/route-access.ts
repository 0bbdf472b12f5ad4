import type { Dialect } from '../../core/contracts/index.ts';

/** Which callers a route is open to. */
export interface RouteAccess {
  /** any caller that is let in gets it, also without a key */
  open?: boolean;
  /** under any name and from any machine, also without keys: it tells nothing that is worth a lock */
  fromAnywhere?: boolean;
  /** a link on a page of another site may open it */
  linked?: boolean;
  /** for callers of the API; everything else is management */
  forCallers?: boolean;
  /** It tells what a key may do, or has used: wherever there are keys it needs one, also where models need none. */
  ofKey?: boolean;
  /** for other gateways, by the key of a peer alone */
  forPeers?: boolean;
  /** With several threads each of them answers it; absent: the main one does. */
  inEachThread?: boolean;
  /** its clients may send their key as `?key=` */
  keyInQuery?: boolean;
  /** the API that its clients speak, whose words errors are said in; absent: OpenAI's */
  dialect?: Dialect;
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteAccess {}
}

/** `config` of a route that is no secret, such as the files of a page that then asks for a key itself. */
export const openRoute = { open: true } as const;

/** `config` of a route that another site sends a browser back to. */
export const linkedRoute = { open: true, linked: true } as const;

/** `config` of a route for the probes of container platforms, which come by address and without a key. */
export const probeRoute = { open: true, fromAnywhere: true } as const;

/** `config` of a route that only another gateway asks. */
export const peersRoute = { forPeers: true } as const;

/** `config` of a route that a caller of the API needs, whose key need not open more than that. */
export const callersRoute = { forCallers: true } as const;

/** `config` of a route that tells a caller about its own key. */
export const ownKeyRoute = { forCallers: true, ofKey: true } as const;
