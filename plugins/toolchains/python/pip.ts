import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Output, runOnce, type Exit } from '../../../kits/toolchain-kit/index.ts';
import { PipProgress } from './progress.ts';

interface PipRun {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** the folder that is being filled */
  readonly stage: string;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** ms between two lines of progress, even when nothing seems to move */
const PULSE = 1_000;

/** Runs pip with its temporary files inside the stage: their growth shows how far it is, and they are moved, not copied. */
export async function runPip({ command, env, stage, signal, progress }: PipRun): Promise<{
  readonly exit: Exit;
  readonly lines: readonly string[];
}> {
  const temporary = join(stage, 'tmp');
  await mkdir(temporary, { recursive: true });
  const shown = new PipProgress(temporary, progress);
  const output = new Output((line) => shown.read(line));
  const pulse = setInterval(() => void shown.tell(), PULSE);
  try {
    const place = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const exit = await runOnce({ command, cwd: stage, env: { ...env, ...place }, output }, signal);
    return { exit, lines: output.lines };
  } finally {
    clearInterval(pulse);
    await rm(temporary, { recursive: true, force: true });
  }
}
