import { EXIT, Failure } from './fail.ts';
import { show, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

interface Trace {
  readonly id: string;
  readonly model: string;
  readonly strategy: string;
  readonly ending: string;
  readonly status?: number;
  readonly error?: string;
  readonly ms: number;
  readonly waited: number;
  readonly overhead: number;
  readonly candidates: readonly { readonly target: string; readonly out?: readonly string[] }[];
  readonly attempts: readonly {
    readonly target: string;
    readonly outcome: string;
    readonly message?: string;
    readonly started: number;
    readonly ended?: number;
  }[];
}

/** Why a request went where it went. */
export const why: Subcommand = {
  name: 'why',
  takes: 'ID',
  does: 'explains one request: the candidates, each attempt and where the time went; ID is its x-switchyard-request-id',
  words: [1, 1],
  async run(given) {
    const trace = await given.gateway.ask<Trace>(
      'GET',
      `/requests/${encodeURIComponent(given.args[0] as string)}`,
    );
    const { model, strategy, ending, status, error, ms, waited, overhead, candidates, attempts } = trace;
    const tried = attempts.map(({ target, outcome, message, started, ended = started }) => [
      target,
      `${outcome} after ${Math.round(ended - started)} ms`,
      message ?? '-',
    ]);
    const asked = new Set(attempts.map(({ target }) => target));
    const others = candidates
      .filter(({ target }) => !asked.has(target))
      .map(({ target, out }) => [target, out ? 'out' : 'not asked', out?.join('; ') ?? '-']);
    show(
      given,
      trace,
      () =>
        `${model} by ${strategy}: ${ending}${status === undefined ? '' : ` with ${status}`} after ${ms} ms (${waited} waiting, ${overhead} gateway overhead)\n` +
        (error === undefined ? '' : `${error}\n`) +
        table(['target', 'what', 'why'], [...tried, ...others], given.people),
    );
  },
};

interface DryRun {
  readonly model: string;
  readonly strategy: string;
  readonly pick: string | null;
  readonly waits?: string;
  readonly error?: { readonly message: string };
  readonly candidates: readonly {
    readonly target: string;
    readonly inflight: number;
    readonly latency: number;
    readonly full: boolean;
    readonly out: Readonly<Record<string, { readonly detail: string }>>;
  }[];
}

/** What the gateway would do with a request that came now. */
export const route: Subcommand = {
  name: 'route',
  takes: '--model M [--provider P]',
  does: 'shows where a request would go now, without sending one',
  words: [0, 0],
  options: { model: 'M', provider: 'P', surface: 'S' },
  async run(given) {
    const { model, provider, surface } = given.options;
    if (model === undefined) throw new Failure('route: name a model with --model', EXIT.usage);
    const query = Object.entries({ model, provider, surface }).filter(
      ([, value]) => typeof value === 'string',
    );
    const answer = await given.gateway.ask<DryRun>(
      'GET',
      `/route?${new URLSearchParams(Object.fromEntries(query) as Record<string, string>)}`,
    );
    const rows = answer.candidates.map(({ target, inflight, latency, full, out }) => [
      target === answer.pick ? `> ${target}` : `  ${target}`,
      inflight,
      `${latency} ms`,
      Object.entries(out)
        .map(([reason, { detail }]) => detail || reason)
        .join('; ') || (full ? 'full' : '-'),
    ]);
    const outcome =
      answer.pick ?? (answer.waits ? `waits for ${answer.waits}` : (answer.error?.message ?? 'no target'));
    show(
      given,
      answer,
      () =>
        `${answer.model} by ${answer.strategy}: ${outcome}\n${table(['  target', 'in flight', 'latency', 'out'], rows, given.people)}`,
    );
    if (answer.error) process.exitCode = 1;
  },
};
