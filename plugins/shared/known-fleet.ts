import { readFile } from 'node:fs/promises';
import { writeWhole } from '../../kits/feature-kit/index.ts';
import type { Fleet, Redis } from '../../kits/shared-kit/index.ts';

/** heartbeats after which a smaller number of gateways is believed: those that restart are soon there again */
const BELIEVED_AFTER = 600;

/** How many gateways there were, in a file: one that starts while Redis is lost takes no more than its share. */
export class KnownFleet {
  readonly #file: string;
  #known: Fleet | undefined;
  #fewer = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, known: Fleet | undefined) {
    this.#file = file;
    this.#known = known;
  }

  static async read(file: string): Promise<KnownFleet> {
    const text = await readFile(file, 'utf8').catch(() => '');
    return new KnownFleet(file, fleetIn(text));
  }

  get known(): Fleet | undefined {
    return this.#known;
  }

  /** @param failed called with the reason when it could not be written */
  follow(redis: Redis, failed: (error: Error) => void): void {
    const heard = (): void => {
      const { nodes, place } = redis;
      const { nodes: most = 0, place: before } = this.#known ?? {};
      this.#fewer = nodes < most ? this.#fewer + 1 : 0;
      const isBelieved = nodes >= most || this.#fewer > BELIEVED_AFTER;
      if (!isBelieved || (nodes === most && place === before)) return;
      this.#known = { nodes, place };
      const text = JSON.stringify(this.#known);
      this.#writing = this.#writing.then(() => writeWhole(this.#file, text)).catch(failed);
    };
    redis.onBeat(heard);
    // The first heartbeat came before.
    if (redis.isUp) heard();
  }

  close(): Promise<void> {
    return this.#writing;
  }
}

function fleetIn(text: string): Fleet | undefined {
  try {
    const { nodes, place } = JSON.parse(text) as Partial<Fleet>;
    const isRight = Number.isSafeInteger(nodes) && Number.isSafeInteger(place) && nodes! > 0 && place! >= 0;
    return isRight ? { nodes: nodes!, place: place! } : undefined;
  } catch {
    return undefined;
  }
}
