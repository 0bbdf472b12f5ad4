import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { successionOf } from '../../kits/feature-kit/index.ts';
import type { RestartStep } from './answers.ts';
import { askPeer } from './ask-peer.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';

/** ms that a node may take to start its successor, and that successor to be as well as it was */
const RESTARTED_WITHIN_MS = 180_000;
const BACK_WITHIN_MS = 120_000;

/** Restarts nodes one after the other, each once the one before is back and well. */
export class RollingRestart {
  readonly #host: Host;
  readonly #links: Links;
  #isRunning = false;

  constructor(host: Host, links: Links) {
    this.#host = host;
    this.#links = links;
  }

  /**
   * The nodes that are restarted, this gateway last: it sees the others come back.
   * @param names none: all that can be asked
   * @throws GatewayError `invalid_request`, `action_conflict` where a node is down: then none is restarted
   */
  plan(names: readonly string[]): readonly string[] {
    const { ownName, all, self, peers } = this.#links;
    const others = all.filter(({ isSelf }) => !isSelf).map(({ name }) => name);
    for (const name of names)
      if (![...others, ownName].includes(name))
        throw new GatewayError(
          'invalid_request',
          peers[name] && name !== self
            ? `the node '${name}' has no url in peers, so it cannot be restarted from here`
            : `there is no node '${name}'; there are: ${[ownName, ...others].join(', ')}`,
          { param: 'nodes' },
        );
    const planned = [...others, ownName].filter((name) => names.length === 0 || names.includes(name));
    const down = all.filter(({ name, isUp }) => planned.includes(name) && !isUp).map(({ name }) => name);
    if (down.length > 0)
      throw new GatewayError(
        'action_conflict',
        `${down.join(', ')} cannot be reached, so no node is restarted: name those that are to be`,
      );
    return planned;
  }

  /**
   * Ends with the first that fails.
   * @param signal aborted when the client disconnects: the running restart ends, and no further one begins
   * @throws GatewayError `action_conflict`: one is running
   */
  async *run(planned: readonly string[], signal: AbortSignal): AsyncGenerator<RestartStep> {
    if (this.#isRunning)
      throw new GatewayError(
        'action_conflict',
        'nodes are being restarted already, at the request of another',
      );
    this.#isRunning = true;
    try {
      for (const node of planned) {
        if (signal.aborted) return;
        yield { node, state: 'restarting', error: null, pid: null };
        let pid: number | null;
        try {
          pid = await this.#restart(node);
        } catch (error) {
          return yield { node, state: 'failed', error: (error as Error).message, pid: null };
        }
        yield { node, state: 'done', error: null, pid };
      }
    } finally {
      this.#isRunning = false;
    }
  }

  async #restart(node: string): Promise<number | null> {
    const link = this.#links.all.find(({ name, isSelf }) => name === node && !isSelf);
    if (link) return this.#restartPeer(link);
    return (await restartOwn(this.#host)).pid;
  }

  async #restartPeer(link: Link): Promise<number | null> {
    const before = link.report?.node;
    if (!link.isUp || !before) throw new Error('it cannot be reached');
    const path = `/peers/restart?from=${encodeURIComponent(this.#links.ownName)}`;
    const { pid } = await askPeer(this.#host.gateway, link.name, path, RESTARTED_WITHIN_MS);
    const isBack = (): boolean => {
      const { isUp, report } = link;
      return (
        isUp && report !== undefined && report.node.id !== before.id && (report.node.ready || !before.ready)
      );
    };
    if (!(await this.#links.until(isBack, AbortSignal.timeout(BACK_WITHIN_MS))))
      throw new Error(`its new process was not as well as the old one within ${BACK_WITHIN_MS / 1_000} s`);
    return typeof pid === 'number' ? pid : null;
  }
}

/** @throws GatewayError `restart_failed` */
export async function restartOwn({ gateway }: Host): Promise<{ readonly pid: number }> {
  const { restarts } = successionOf(gateway);
  if (!restarts)
    throw new GatewayError('restart_failed', 'the gateway is a part of another app here: restart that app');
  return restarts.restart();
}
