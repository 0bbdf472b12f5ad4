/** What was changed while the gateway runs and holds until it is taken back: `<home>/overrides.json`, in the config's words. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A strategy as it was written: its name and options. */
export type Written = { readonly use: string } & Readonly<Record<string, unknown>>;

export interface Overriding {
  readonly strategy?: Written;
  readonly models?: Readonly<Record<string, { readonly strategy: Written }>>;
}

export class Overrides {
  readonly #file: string;
  #value: Overriding = {};
  #writing: Promise<void> = Promise.resolve();

  /** @param home the folder for what the gateway writes */
  constructor(home: string) {
    this.#file = join(home, 'overrides.json');
  }

  get value(): Overriding {
    return this.#value;
  }

  /**
   * Reads what the last run has left. What cannot be used any more is left out, since no state may keep a gateway from
   * starting: it is told and the rest holds.
   */
  async read(isUsable: (strategy: Written) => boolean, tell: (problem: string) => void): Promise<void> {
    try {
      const { strategy, models = {} } = JSON.parse(await readFile(this.#file, 'utf8')) as Overriding;
      const usable = Object.entries(models).filter(([, model]) => isUsable(model.strategy));
      this.#value = {
        ...(strategy && isUsable(strategy) ? { strategy } : {}),
        ...(usable.length > 0 ? { models: Object.fromEntries(usable) } : {}),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      tell(`${this.#file} cannot be read and is left out: ${(error as Error).message}`);
    }
  }

  /** What holds instead of the config's word; undefined: that. */
  strategy(model?: string): Written | undefined {
    if (model === undefined) return this.#value.strategy;
    const { models = {} } = this.#value;
    return Object.hasOwn(models, model) ? models[model]?.strategy : undefined;
  }

  /** Written first, one change after the other, so that what holds is what a restart will find. */
  set(strategy: Written | undefined, model?: string): Promise<void> {
    const next = this.#writing.then(async () => {
      const value = changed(this.#value, strategy, model);
      await write(this.#file, value);
      this.#value = value;
    });
    this.#writing = next.catch(() => undefined);
    return next;
  }
}

function changed(value: Overriding, strategy: Written | undefined, model: string | undefined): Overriding {
  if (model === undefined) {
    const { strategy: _, ...rest } = value;
    return strategy ? { strategy, ...rest } : rest;
  }
  const { models = {}, ...rest } = value;
  const others = Object.entries(models).filter(([name]) => name !== model);
  const all = strategy ? [...others, [model, { strategy }] as const] : others;
  return all.length > 0 ? { ...rest, models: Object.fromEntries(all) } : rest;
}

/** Whole or not at all: beside it, to the disk, and then in its place. */
async function write(file: string, value: Overriding): Promise<void> {
  if (Object.keys(value).length === 0) return rm(file, { force: true });
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.new`;
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}
