/** What a thread does: the same functions as the event loop, over the same dialects. */
import { setPriority } from 'node:os';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { members } from '../../wire/body/json-members.ts';
import type { AnswerJob, Dialect, Formats, RequestJob, Translation } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { answerBody, requestBody } from '../../kits/surface-kit/index.ts';

/** Where threads have a priority each, the event loop comes before this one, though they share a core. */
if (process.platform === 'linux') setPriority(10);

interface Task<Job> {
  readonly job: Job;
  /** where its dialects are, as URLs */
  readonly modules: readonly string[];
}

type Movable = Parameters<typeof move>[0];

interface WiresModule {
  readonly dialects: readonly Dialect[];
  readonly translations: readonly Translation[];
}

export async function request({ job, modules }: Task<RequestJob>): Promise<unknown> {
  try {
    const raw = requestBody(job, await wiresOf(modules, job.surface));
    // It is walked over here, too: as long as it is, the event loop would stand still for it.
    return moved({ raw, members: members(raw, job.names) }, raw);
  } catch (error) {
    // An error that is handed over loses its code; a caller's mistake need not be found a second time.
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, param } = error;
    return { refused: { code, message, param } };
  }
}

export async function answer({ job, modules }: Task<AnswerJob>): Promise<unknown> {
  const made = answerBody(job, await wiresOf(modules, job.surface));
  return made && moved(made, made.body);
}

/** What is handed over without being copied; a body that shares its memory with others must be. */
function moved(value: unknown, { buffer, byteLength }: Buffer): unknown {
  if (byteLength !== buffer.byteLength) return value;
  return move({ [transferableSymbol]: buffer, [valueSymbol]: value } as unknown as Movable);
}

/** @throws Error where no module has that API */
async function wiresOf(modules: readonly string[], surface: string): Promise<Formats> {
  const all = (await Promise.all(modules.map((url) => import(url)))) as WiresModule[];
  const dialects = all
    .flatMap((module) => module.dialects)
    .map((dialect) => [dialect.surface, dialect] as const);
  const formats = {
    dialects: new Map(dialects),
    translations: all.flatMap(({ translations }) => translations),
  };
  if (formats.dialects.has(surface)) return formats;
  throw new Error(`no dialect '${surface}' in ${modules.join(', ')}`);
}
