/**
 * The variables `OTEL_*` that are read (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).
 */
import type { Host } from '../../core/contracts/index.ts';

type Environment = Host['env'];

const SIGNALS = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof SIGNALS)[number];

/** Where one signal goes, and how. */
export interface Destination {
  readonly url: string;
  readonly format: 'protobuf' | 'json';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMillis: number;
  readonly isCompressed: boolean;
}

export interface TelemetrySettings {
  /** the signals that are sent */
  readonly destinations: Readonly<Partial<Record<Signal, Destination>>>;
  /** problems with the environment's settings */
  readonly problems: readonly string[];
}

/** undefined: nothing is to be sent */
export function readSettings(env: Environment): TelemetrySettings | undefined {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return undefined;
  const problems: string[] = [];
  const destinations = Object.fromEntries(
    SIGNALS.flatMap((signal) => {
      const destination = isSent(signal, env) ? destinationOf(signal, env) : undefined;
      if (typeof destination === 'string') problems.push(destination);
      return typeof destination === 'object' ? [[signal, destination] as const] : [];
    }),
  );
  return Object.keys(destinations).length + problems.length === 0 ? undefined : { destinations, problems };
}

/** An endpoint or an exporter must be named: a service's name alone stands in many environments. */
function isSent(signal: Signal, env: Environment): boolean {
  const exporter = env[`OTEL_${signal.toUpperCase()}_EXPORTER`]?.trim();
  if (exporter) return exporter === 'otlp';
  return [valueOf('ENDPOINT', signal, env), env.OTEL_EXPORTER_OTLP_ENDPOINT].some((said) => said?.trim());
}

function destinationOf(signal: Signal, env: Environment): Destination | string {
  const protocol = valueOf('PROTOCOL', signal, env) ?? 'http/protobuf';
  if (protocol !== 'http/protobuf' && protocol !== 'http/json')
    return `${signal} are not sent: OTEL_EXPORTER_OTLP_PROTOCOL is '${protocol}', and only http/protobuf and http/json are supported, whose port is 4318`;
  const url = urlOf(signal, env);
  if (!URL.canParse(url) || !/^https?:/.test(url))
    return `${signal} are not sent: OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://localhost:4318`;
  return {
    url,
    format: protocol === 'http/json' ? 'json' : 'protobuf',
    headers: pairsIn(valueOf('HEADERS', signal, env)),
    timeoutMillis: numberIn(valueOf('TIMEOUT', signal, env)) ?? 10_000,
    isCompressed: valueOf('COMPRESSION', signal, env) === 'gzip',
  };
}

/** The endpoint of one signal is used as it is; that of all is a base. */
function urlOf(signal: Signal, env: Environment): string {
  const own = env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]?.trim();
  if (own) return own;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || 'http://localhost:4318';
  return `${base.replace(/\/+$/, '')}/v1/${signal}`;
}

/** The variable of one signal, else that of all. */
function valueOf(name: string, signal: Signal, env: Environment): string | undefined {
  const own = env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`]?.trim();
  return own || env[`OTEL_EXPORTER_OTLP_${name}`]?.trim() || undefined;
}

/** `name=value,name=value`, percent-encoded; what is no pair is left out. */
export function pairsIn(text = ''): Record<string, string> {
  const pairs = text.split(',').map((pair) => /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(pair));
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], decoded(pair[2] as string)]] : [])));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function numberIn(text: string | undefined): number | undefined {
  const number = Number(text?.trim() || NaN);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
