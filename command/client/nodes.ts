import type { NodesAnswer, RestartStep } from './answers.ts';
import { dataOf } from './event-stream.ts';
import { Failure } from './fail.ts';
import { interruptible } from './interrupted.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { oneLine, table } from './table.ts';

/** ms of a difference between clocks from which on it is shown */
const CLOCKS = 1_000;

/** This gateway and its peers. */
export const nodes: Subcommand = {
  name: 'nodes',
  takes: '',
  does: 'lists this gateway, its peers and those that share its settings: which is up, its load, and what differs',
  about: 'switchyard restart --nodes restarts them one after the other.',
  words: [0, 0],
  async run(given) {
    const answer = await given.gateway.ask<NodesAnswer>('GET', '/nodes');
    show(given, answer, () =>
      table(
        [
          'node',
          'state',
          'version',
          'up since',
          'in flight',
          'requests/min',
          'providers',
          'settings',
          'note',
        ],
        answer.data.map((node) => [
          node.self ? `${node.name} (this one)` : node.name,
          node.state === 'up' && node.ready === false ? 'up, not ready' : node.state,
          node.version,
          node.started,
          node.inflight,
          node.perMinute,
          providersOf(node),
          node.settings?.revision ?? null,
          notesOn(node),
        ]),
        given.people,
      ),
    );
    if (answer.data.some(({ state }) => state === 'down')) process.exitCode = 1;
  },
};

type Node = NodesAnswer['data'][number];

function providersOf({ providers, version }: Node): string | null {
  if (version === null) return null;
  const out = providers.filter(({ state }) => OUT.has(state)).map(({ name, state }) => `${name} ${state}`);
  return [String(providers.length), ...out].join(', ');
}

const OUT = new Set(['blocked', 'unhealthy', 'backoff', 'failed']);

function notesOn({ error, differs, settings, clockOffset }: Node): string | null {
  const notes = [
    ...(error === null ? [] : [error]),
    ...(differs.length > 0 ? [`its config differs in ${differs.join(', ')}`] : []),
    ...(settings?.isBehind ? [`its settings are behind, at change ${settings.revision}`] : []),
    ...(settings?.problem ? [settings.problem] : []),
    ...(clockOffset !== null && Math.abs(clockOffset) >= CLOCKS
      ? [`its clock is ${Math.abs(clockOffset)} ms ${clockOffset > 0 ? 'ahead' : 'behind'}`]
      : []),
  ];
  return notes.length === 0 ? null : notes.join('; ');
}

/** Restarts one node after the other, by the gateway at the URL. */
export async function restartNodes(given: Run): Promise<void> {
  const steps = await interruptible(
    (signal) => restarted(given, signal),
    'the node that is being restarted comes back, and no further one is restarted; switchyard nodes shows them',
  );
  show(given, { data: steps }, () =>
    steps
      .map(({ node, state, error }) => `${node}\t${state}${error === null ? '' : `\t${oneLine(error)}`}\n`)
      .join(''),
  );
  const last = steps.at(-1);
  if (last?.state === 'failed')
    throw new Failure(`${last.node} was not restarted, so no further node was: ${last.error}`);
}

/** The result of each. */
async function restarted({ gateway, args, people }: Run, signal: AbortSignal): Promise<RestartStep[]> {
  const { body } = await gateway.send('POST', '/nodes/restart', { nodes: args }, { signal });
  const ended: RestartStep[] = [];
  let running: string | undefined;
  for await (const data of dataOf(body ?? new ReadableStream())) {
    const step = JSON.parse(data) as RestartStep;
    if (step.state === 'restarting') {
      running = step.node;
      if (people) process.stderr.write(`${step.node} is being restarted …\n`);
    } else {
      running = undefined;
      ended.push(step);
    }
  }
  if (running !== undefined)
    throw new Failure(
      `the gateway ended before it told how the restart of ${running} went; switchyard nodes shows it`,
    );
  return ended;
}
