import type { Client } from './connect.ts';
import { inTime } from './in-time.ts';

const NONE = 'noeviction';

/** heartbeats after which it is asked again */
const EVERY = 10;

/** Whether Redis removes keys when its memory is full: it loses counts then, although it answers. */
export class Eviction {
  readonly #warn: (text: string) => void;
  #policy: string | undefined;
  #beats = 0;

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  /** undefined: it removes none, as far as it says */
  get problem(): string | undefined {
    const policy = this.#policy;
    if (policy === undefined || policy === NONE) return undefined;
    return `Redis may remove what limits have counted when its memory is full (maxmemory-policy ${policy}), and they begin again then: set maxmemory-policy to ${NONE}`;
  }

  /** After a heartbeat. @param isFound it may be another Redis than before */
  beat(client: Client, isFound: boolean): void {
    this.#beats += 1;
    // A Redis that refuses the question is not asked again.
    if (isFound || (this.#policy !== undefined && this.#beats % EVERY === 0)) void this.#ask(client);
  }

  async #ask(client: Client): Promise<void> {
    const policy = (await ofInfo(client)) ?? (await ofConfig(client));
    if (policy === undefined || policy === this.#policy) return;
    this.#policy = policy;
    if (this.problem !== undefined) this.#warn(this.problem);
  }
}

async function ofInfo(client: Client): Promise<string | undefined> {
  const answer = await asked(client, ['INFO', 'memory']);
  return typeof answer === 'string' ? /^maxmemory_policy:(\S+)/m.exec(answer)?.[1] : undefined;
}

/** Services that run Redis for others mostly refuse it. */
async function ofConfig(client: Client): Promise<string | undefined> {
  const answer = await asked(client, ['CONFIG', 'GET', 'maxmemory-policy']);
  // Of the third version of the protocol it is a map, which the client makes an object.
  const policy: unknown =
    typeof answer === 'object' && answer !== null ? Object.values(answer).at(-1) : undefined;
  return typeof policy === 'string' ? policy : undefined;
}

async function asked(client: Client, words: string[]): Promise<unknown> {
  return inTime(client.sendCommand(words)).catch(() => undefined);
}
