import type { Part, UnsentPart } from './part.ts';
import type { Parts } from './parts.ts';
import { readUnsent, removeUnsent, writeUnsent, type Unsent } from './unsent-file.ts';

/** ms between two times that it is written: what a crash forgets */
const EVERY_MS = 1_000;
/** times after which it is asked again what other gateways have left: one may end after its successor began */
const READ_EVERY = 60;

interface Given {
  readonly parts: Parts;
  readonly folder: string;
  readonly warn: (text: string) => void;
}

/**
 * What was used while Redis was lost is in a file, so that it is not forgotten with this process. The next gateway with the folder tells
 * it under the name of the one that used it: Redis takes what that had used in all, so it counts once, however often it is told.
 */
export class UnsentParts {
  readonly #given: Given;
  readonly #timer: NodeJS.Timeout;
  /** of gateways that have ended */
  #left: readonly Unsent[] = [];
  #isWritten = false;
  #hasWarned = false;
  #count = 0;
  #working: Promise<void> = Promise.resolve();

  private constructor(given: Given) {
    this.#given = given;
    const { parts } = given;
    parts.inherit = (part) => this.#inherit(part);
    parts.hasLeft = () => this.#left.length > 0;
    parts.redis.onFound(() => this.#soon(() => this.#read()));
    this.#timer = setInterval(() => this.#tick(), EVERY_MS).unref();
  }

  static async open(given: Given): Promise<UnsentParts> {
    const unsent = new UnsentParts(given);
    await unsent.#soon(() => unsent.#read());
    return unsent;
  }

  /** After the parts have sent what they can. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#soon(() => this.#write(true));
  }

  #tick(): void {
    this.#count += 1;
    void this.#soon(() => this.#write(false));
    if (this.#left.length > 0 || this.#count % READ_EVERY === 0) void this.#soon(() => this.#read());
  }

  /** One after the other. */
  #soon(work: () => Promise<void>): Promise<void> {
    this.#working = this.#working.then(work).catch(({ message }: Error) => {
      if (!this.#hasWarned)
        this.#given.warn(`what limits have used without Redis cannot be kept on disk: ${message}`);
      this.#hasWarned = true;
    });
    return this.#working;
  }

  async #write(hasEnded: boolean): Promise<void> {
    const { parts, folder } = this.#given;
    const { redis, round } = parts;
    const all = redis.isUp && !hasEnded ? [] : parts.unsent;
    if (all.length > 0) {
      this.#isWritten = true;
      await writeUnsent(folder, { node: redis.node, round, parts: all }, hasEnded);
    } else if (this.#isWritten && redis.isUp && (hasEnded || redis.hasSynced())) {
      await removeUnsent(folder, redis.node);
      this.#isWritten = false;
    }
  }

  async #read(): Promise<void> {
    const { parts, folder } = this.#given;
    this.#left = await readUnsent(folder);
    while (parts.redis.isUp && this.#left.length > 0) {
      const [one, ...others] = this.#left as [Unsent, ...Unsent[]];
      const isTold = await parts.syncInherited(one).then(
        () => true,
        () => false,
      );
      if (!isTold) return;
      await removeUnsent(folder, one.node);
      this.#left = others;
      await parts.forget(one).catch(() => undefined);
    }
  }

  #inherit(part: Part): void {
    for (const { parts } of this.#left) {
      const left: UnsentPart | undefined = parts.find(({ name }) => name === part.name);
      if (left) part.inherit(left);
    }
  }
}
