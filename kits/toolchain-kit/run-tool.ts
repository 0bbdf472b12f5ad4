import { withoutCredentials } from '../../wire/credentials.ts';
import { GatewayError } from '../../core/errors.ts';
import { describeExit } from '../process-kit/exit-meaning.ts';
import { Output } from '../process-kit/output.ts';
import { runOnce } from '../process-kit/run-once.ts';

export interface ToolRun {
  readonly provider: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly line?: (line: string) => void;
  /** what a failure's words mean, and what helps */
  readonly remedies: readonly Remedy[];
}

export type Remedy = readonly [sign: RegExp, remedy: string];

const COMMON: readonly Remedy[] = [
  [/No space left on device|ENOSPC|Disk quota exceeded/, 'the disk is full; make room there'],
  [/EACCES|Permission denied/, 'a folder must not be written to; change its owner'],
];

/**
 * Runs a tool of a toolchain to its end.
 * @returns what it wrote
 * @throws GatewayError install_failed with its last words and the remedy
 */
export async function runTool(run: ToolRun): Promise<readonly string[]> {
  const { provider, command, cwd, env, signal, line } = run;
  const output = new Output(line);
  const exit = await runOnce({ command, cwd, env, output }, signal);
  if (exit.code === 0) return output.lines;
  const written = output.lines.join('\n');
  const remedy = [...run.remedies, ...COMMON].find(([sign]) => sign.test(written))?.[1];
  const how = withoutCredentials(describeExit(exit, output.lines));
  throw new GatewayError(
    'install_failed',
    `${provider} could not be installed: ${remedy ? `${remedy}; ` : ''}${command.slice(0, 3).join(' ')} ${how}`,
  );
}
