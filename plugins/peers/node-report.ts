/** Reports of a gateway about itself to its peers: one line of JSON each. */
import type { OfferedModel } from '../../kits/peer-kit/offer.ts';

export interface NodeState {
  /** of this process: another one after a restart */
  readonly id: string;
  readonly version: string;
  readonly startedEpochMs: number;
  readonly atEpochMs: number;
  /** some provider can answer */
  readonly ready: boolean;
  readonly inflight: number;
  /** requests of the last minute */
  readonly perMinute: number;
  readonly providers: readonly ProviderReport[];
  /** a digest of each section of its config that should be the same everywhere */
  readonly sections: Readonly<Record<string, string>>;
  /** the settings that it shares with other gateways; null: it shares none, or is of an older version */
  readonly settings: SettingsReport | null;
}

/** Which change of the shared settings is in force there, and why a later one may not be. */
export interface SettingsReport {
  readonly revision: number;
  readonly problem: string | null;
}

export interface ProviderReport {
  readonly name: string;
  readonly state: string;
  readonly out: readonly string[];
  readonly inflight: number;
}

/** Why a model cannot be used. */
export interface Out {
  readonly detail: string;
  readonly guess: boolean;
}

export interface NodeReport {
  readonly node: NodeState;
  /** all that are offered; absent: the same as before */
  readonly models?: Readonly<Record<string, OfferedModel>>;
  /** those of them that cannot be used now */
  readonly out: Readonly<Record<string, Out>>;
  /** requests in flight for each model that the receiver of the report has not sent; absent ones have none */
  readonly inflight: Readonly<Record<string, number>>;
  /** This process ends, and another has taken over: this report holds until the first one of that process. */
  readonly replaced?: boolean;
}

/** most models that are taken of one peer */
const MOST = 10_000;

/** The report in a line, without what is not of this format: a peer may be of another version. undefined: there is none */
export function readReport(line: string): NodeReport | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { node, models, out, inflight, replaced } = members(said);
  const { id, version, providers, sections, settings, ...numbers } = members(node);
  if (typeof id !== 'string') return undefined;
  return {
    node: {
      id,
      version: String(version),
      startedEpochMs: numberOr0(numbers.startedEpochMs),
      atEpochMs: numberOr0(numbers.atEpochMs),
      ready: numbers.ready === true,
      inflight: numberOr0(numbers.inflight),
      perMinute: numberOr0(numbers.perMinute),
      providers: (Array.isArray(providers) ? providers : []).slice(0, MOST).map(providerIn),
      sections: mapped(sections, String),
      settings: settingsIn(settings),
    },
    ...(models !== undefined && { models: mapped(models, modelIn) }),
    out: mapped(out, (one) => ({ detail: String(members(one).detail), guess: members(one).guess === true })),
    inflight: mapped(inflight, numberOr0),
    replaced: replaced === true,
  };
}

function settingsIn(value: unknown): SettingsReport | null {
  const { revision, problem } = members(value);
  if (typeof revision !== 'number') return null;
  return { revision: numberOr0(revision), problem: typeof problem === 'string' ? problem : null };
}

function modelIn(value: unknown): OfferedModel {
  const { surfaces, price } = members(value);
  const { origin, model } = members(price);
  return {
    surfaces: Array.isArray(surfaces) ? surfaces.filter((one) => typeof one === 'string') : [],
    price:
      price === 'free'
        ? price
        : typeof origin === 'string' && typeof model === 'string'
          ? { origin, model }
          : undefined,
  };
}

function providerIn(value: unknown): ProviderReport {
  const { name, state, out, inflight } = members(value);
  return {
    name: String(name),
    state: String(state),
    out: (Array.isArray(out) ? out : []).map(String),
    inflight: numberOr0(inflight),
  };
}

function mapped<Value>(value: unknown, read: (one: unknown) => Value): Record<string, Value> {
  const all: Record<string, Value> = Object.create(null) as Record<string, Value>;
  for (const [name, one] of Object.entries(members(value)).slice(0, MOST)) all[name] = read(one);
  return all;
}

const members = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const numberOr0 = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : 0;
