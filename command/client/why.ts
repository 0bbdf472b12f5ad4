import { idAtAsker } from '../../kits/peer-kit/hop.ts';
import type { DryRun, RequestPage, RequestTrace } from './answers.ts';
import { EXIT, Failure } from './fail.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

/** Requests before the latest one, of which the ids are listed. */
const EARLIER = 9;

/** Why a request went where it went. */
export const why: Subcommand = {
  name: 'why',
  takes: '[ID]',
  does: 'explains one request: the candidates, each attempt and where the time went',
  about: `ID is the request's x-switchyard-request-id. Without it the latest request is explained, and the ids of the ones before
it are listed.`,
  words: [0, 1],
  async run(given) {
    const [id] = given.args;
    if (id !== undefined) return explain(given, id);
    const { data } = await given.gateway.ask<RequestPage>('GET', `/requests?limit=${EARLIER + 1}`);
    const [latest, ...earlier] = data;
    if (!latest)
      throw new Failure('why: no request is kept yet; send one (switchyard chat "hello"), then ask again');
    await explain(given, latest.id, earlier);
  },
};

/** @param earlier undefined: the request was named */
async function explain(given: Run, id: string, earlier?: RequestPage['data']): Promise<void> {
  const trace = await given.gateway.ask<RequestTrace>('GET', `/requests/${encodeURIComponent(id)}`);
  const before = (earlier ?? []).map(asRow);
  show(
    given,
    trace,
    () =>
      (earlier ? `${id}, the latest request\n` : '') +
      explained(trace, given.people) +
      (before.length > 0
        ? `\n${table(['earlier', 'time', 'model', 'target', 'status', 'ending'], before, given.people)}`
        : ''),
  );
}

const asRow = ({ id, time, model, target, status, ending }: RequestPage['data'][number]) => [
  id,
  time,
  model,
  target ?? '-',
  status ?? '-',
  ending ?? 'running',
];

function explained(trace: RequestTrace, people: boolean): string {
  const { model, strategy, ending, status, error, ms, waited, overhead, candidates, attempts, node } = trace;
  const tried = attempts.map(({ target, outcome, message, started, ended = started }) => [
    target,
    `${outcome} after ${Math.round(ended - started)} ms`,
    message ?? '-',
  ]);
  const asked = new Set(attempts.map(({ target }) => target));
  const others = candidates
    .filter(({ target }) => !asked.has(target))
    .map(({ target, out }) => [target, out ? 'out' : 'not asked', out?.join('; ') ?? '-']);
  return (
    (node === null ? '' : `at ${node}: `) +
    `${model} by ${strategy}: ${ending ?? 'running'}${status === undefined ? '' : ` with ${status}`} after ${ms} ms (${waited} waiting, ${overhead} gateway overhead)\n` +
    (error === undefined ? '' : `${error}\n`) +
    hops(trace) +
    table(['target', 'what', 'why'], [...tried, ...others], people)
  );
}

/** Gateways that the request went through: each knows why it went where it went there. */
function hops({ id, from, attempts }: RequestTrace): string {
  const came =
    from === undefined ? '' : `it came from the peer ${from}, where it has the id ${idAtAsker(id)}\n`;
  const went = attempts.map(({ provider, peer }) => {
    if (!peer) return '';
    const where = peer.url === null ? `there` : `with --url ${peer.url}`;
    return `${provider} is a peer, where it has the id ${peer.id}: switchyard why ${peer.id} ${where}\n`;
  });
  return came + went.join('');
}

/** What the gateway would do with a new request. */
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
