import { accessSync, constants, lstatSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../fail.ts';
import { withBlock, withoutBlock } from './block.ts';

/** The hooks git runs when it changes a repository's files to another commit. */
export const NAMES = ['post-merge', 'post-checkout', 'post-rewrite'] as const;

const SHEBANG = '#!/bin/sh\n';
const SHELL = /^#!\s*(?:\S*\/)?(?:env\s+)?(?:ba|da|k|z|a)?sh\b/;

/** One hook of a repository. */
export class Hook {
  readonly name: (typeof NAMES)[number];
  readonly file: string;
  readonly #block: string;

  constructor(name: (typeof NAMES)[number], folder: string, block: string) {
    this.name = name;
    this.file = join(folder, name);
    this.#block = block;
  }

  state(): 'installed' | 'outdated' | 'not installed' {
    const script = this.#read();
    if (script === undefined || withoutBlock(script) === script) return 'not installed';
    return script.includes(this.#block) ? 'installed' : 'outdated';
  }

  /**
   * @returns the change to make
   * @throws Failure where the hook is a person's own and cannot be extended, with the remedy
   */
  plan(what: 'install' | 'remove'): () => Promise<void> {
    const script = this.#read();
    if (what === 'remove') {
      const rest = script === undefined ? undefined : withoutBlock(script);
      if (rest === script) return () => Promise.resolve();
      return rest === SHEBANG ? () => rm(this.file) : () => this.#write(rest as string);
    }
    if (script !== undefined) this.#mustTakeMore(script);
    const next = withBlock(script ?? SHEBANG, this.#block);
    return next === script ? () => Promise.resolve() : () => this.#write(next);
  }

  #mustTakeMore(script: string): void {
    const why = lstatSync(this.file).isSymbolicLink()
      ? 'is a link to a file of another program'
      : !SHELL.test(script)
        ? 'is not a shell script'
        : !isRun(this.file) && 'is not executable, so git does not run it';
    if (!why) return;
    throw new Failure(
      `${this.file} ${why}, so nothing was changed; move it away, or let it run: switchyard populate --populated --here`,
    );
  }

  #read(): string | undefined {
    try {
      return readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Failure(`${this.file} cannot be read: ${(error as Error).message}`);
    }
  }

  /** Written atomically: git may run it at any moment. */
  async #write(script: string): Promise<void> {
    const beside = `${this.file}.${process.pid}.new`;
    await mkdir(dirname(this.file), { recursive: true });
    await writeFile(beside, script, { mode: 0o755 });
    await rename(beside, this.file);
  }
}

function isRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
