import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessSpec, ProcessState } from '../../core/contracts/index.ts';
import type { HandedProgram, Programs } from '../../kits/feature-kit/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { adoptionOf, give, launchOf, type ProgramFacts } from './handed-program.ts';
import type { Supervisor } from './supervisor.ts';

/** ms that a program may take to start or stop before a restart, and ms between two checks */
const PATIENCE = 60_000;
const CHECK_EVERY = 50;
const CHANGING: ReadonlySet<ProcessState> = new Set(['installing', 'starting', 'stopping']);

interface Supervised {
  readonly supervisor: Supervisor;
  readonly spec: ProcessSpec;
}

/** Hands running programs to the gateway process that takes over from this one, and takes them from the one before. */
export class HandOver implements Programs {
  readonly #all = new Map<string, Supervised>();

  /** The latest of a name counts: one before it is being stopped. */
  add(name: string, supervised: Supervised): void {
    this.#all.set(name, supervised);
  }

  async settled(): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const changing = [...this.#all].find(([, { supervisor }]) => CHANGING.has(supervisor.state));
      if (!changing) return;
      const [name, { supervisor }] = changing;
      if (performance.now() > end)
        throw new GatewayError(
          'restart_failed',
          `${name} is ${supervisor.state}; restart when that is done, or stop it first: switchyard stop ${name}`,
        );
      await sleep(CHECK_EVERY);
    }
  }

  async give(): Promise<readonly HandedProgram[]> {
    const given = await Promise.all(
      [...this.#all].map(async ([name, { supervisor, spec }]) => {
        const handed = await give(supervisor.program, { spec, restarts: supervisor.restarts });
        return handed && { name, ...handed };
      }),
    );
    return given.filter((one) => one !== undefined);
  }

  keep(): void {
    for (const { supervisor } of this.#all.values()) supervisor.program.running?.run.keep();
  }

  release(names: ReadonlySet<string>): void {
    for (const [name, { supervisor }] of this.#all) {
      if (names.has(name)) supervisor.program.release();
      else void supervisor.close('another gateway process has taken over').catch(() => undefined);
    }
  }

  async adopt(programs: readonly HandedProgram[]): Promise<readonly string[]> {
    const names = await Promise.all(programs.map((program) => this.#adopt(program)));
    return names.filter((name) => name !== undefined);
  }

  async #adopt({ name, facts, streams }: HandedProgram): Promise<string | undefined> {
    const supervised = this.#all.get(name);
    if (!supervised) {
      for (const stream of streams) stream.destroy();
      return undefined;
    }
    const { supervisor, spec } = supervised;
    const { restarts, launch } = facts as ProgramFacts;
    supervisor.program.adopt(adoptionOf(facts as ProgramFacts, streams));
    supervisor.restarts = restarts;
    await supervisor.start('taken over from the gateway process before this one');
    // It is started in another way now.
    if (launch !== launchOf(spec)) supervisor.restart('its settings have changed').catch(() => undefined);
    return name;
  }
}
