import type { Host } from '../../core/contracts/index.ts';
import { withoutCredentials } from '../../wire/credentials.ts';
import type { SharingNode } from '../../kits/store-kit/shared-store.ts';
import { storeOf } from '../../kits/store-kit/store-of.ts';
import type { Node, NodesAnswer } from './answers.ts';
import type { Feed } from './feed.ts';
import type { Links } from './links.ts';
import type { Link } from './link.ts';
import type { OwnState } from './node-state.ts';
import type { NodeState } from './node-report.ts';

export interface NodesParts {
  readonly own: OwnState;
  readonly links: Links;
  readonly feed: Feed;
}

/** `GET /nodes`: this gateway and its peers, by their last reports. */
export function nodes({ app, gateway }: Host, parts: NodesParts): void {
  app.get('/nodes', () => answer());

  async function answer(): Promise<NodesAnswer> {
    const sharing =
      (await storeOf(gateway)
        ?.nodes()
        .catch(() => [])) ?? [];
    return { data: allNodes(parts, sharing) };
  }
}

/** This one first. */
function allNodes(parts: NodesParts, sharing: readonly SharingNode[]): Node[] {
  const known = new Set([parts.own.id, ...parts.links.all.map(({ report }) => report?.node.id)]);
  const all = [...listed(parts), ...sharing.filter(({ id }) => !known.has(id)).map(sharesOnly)];
  const last = Math.max(...all.map(({ settings }) => settings?.revision ?? 0));
  return all.map((node) => {
    const { settings } = node;
    return settings ? { ...node, settings: { ...settings, isBehind: settings.revision < last } } : node;
  });
}

function listed({ own, links, feed }: NodesParts): Node[] {
  const others = Object.entries(links.peers).filter(([name]) => name !== links.self);
  return [
    {
      ...known(own.now(), []),
      name: links.ownName,
      self: true,
      state: 'up',
      url: links.peers[links.self ?? '']?.url ?? null,
      clockOffset: 0,
      lastSeen: null,
      error: null,
    },
    ...others.map(([name, { url }]) => {
      const link = links.all.find((one) => one.name === name);
      if (link && url !== undefined) return peer(link, url, own);
      return asksOnly(name, feed.readers.has(name));
    }),
  ];
}

function peer(
  { name, report, isUp, error, clockOffsetMs, lastSeenEpochMs }: Link,
  url: string,
  own: OwnState,
): Node {
  return {
    ...(report ? known(report.node, own.differing(report.node.sections)) : NOTHING),
    name,
    self: false,
    state: isUp ? 'up' : 'down',
    url: withoutCredentials(url),
    clockOffset: clockOffsetMs ?? null,
    lastSeen: lastSeenEpochMs === undefined ? null : iso(lastSeenEpochMs),
    error: error ?? null,
  };
}

const asksOnly = (name: string, isThere: boolean): Node => ({
  ...NOTHING,
  name,
  self: false,
  state: isThere ? 'up' : 'asks-only',
  url: null,
  clockOffset: null,
  lastSeen: null,
  error: null,
});

/** It is no peer: its state is what it has written into PostgreSQL. */
const sharesOnly = ({ name, revision, problem, isUp, agoMs }: SharingNode): Node => ({
  ...NOTHING,
  name,
  self: false,
  state: isUp ? 'up' : 'down',
  url: null,
  settings: { revision, problem, isBehind: false },
  clockOffset: null,
  lastSeen: iso(Date.now() - agoMs),
  error: isUp ? null : `it has reported nothing to PostgreSQL for ${Math.round(agoMs / 1_000)} s`,
});

const NOTHING = {
  version: null,
  started: null,
  ready: null,
  inflight: null,
  perMinute: null,
  providers: [],
  differs: [],
  settings: null,
} as const;

const known = (
  { version, startedEpochMs, ready, inflight, perMinute, providers, settings }: NodeState,
  differs: readonly string[],
) => ({
  version,
  started: iso(startedEpochMs),
  ready,
  inflight,
  perMinute,
  providers: providers as Node['providers'],
  differs,
  settings: settings && { ...settings, isBehind: false },
});

const iso = (ms: number): string => new Date(ms).toISOString();
