/** What a thread does: the same functions as on the event loop, with the same dialects. */
import { setPriority } from 'node:os';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { members } from '../../wire/body/json-members.ts';
import type { AnswerJob, Dialect, Formats, RequestJob, Translation } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { convertAnswer, convertRequest, FormatRegistry } from '../../kits/surface-kit/index.ts';
import { Malformed } from '../../wire/malformed.ts';

/** Where each thread has its own priority, the event loop comes before this one even on a shared core. */
if (process.platform === 'linux') setPriority(10);

interface Task<Job> {
  readonly job: Job;
  /** modules of its dialects, as URLs */
  readonly modules: readonly string[];
}

type Movable = Parameters<typeof move>[0];

interface FormatsModule {
  readonly dialects: readonly Dialect[];
  readonly translations: readonly Translation[];
}

export async function request({ job, modules }: Task<RequestJob>): Promise<unknown> {
  const formats = await formatsFor(job, modules);
  return refusable(() => {
    const { raw, dropped } = convertRequest(job, formats);
    // The body is walked in the thread, too: for a long one the event loop would stand still.
    return transferable({ raw, dropped, members: members(raw, job.names) }, raw);
  });
}

export async function answer({ job, modules }: Task<AnswerJob>): Promise<unknown> {
  const formats = await formatsFor(job, modules);
  return refusable(() => {
    const made = convertAnswer(job, formats);
    return made && transferable(made, made.body);
  });
}

/** An error that crosses threads loses its class and its code. What is wrong with the body itself is not looked for twice. */
function refusable(convert: () => unknown): unknown {
  try {
    return convert();
  } catch (error) {
    if (error instanceof Malformed) return { malformed: error.message };
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, param } = error;
    return { refused: { code, message, param } };
  }
}

/** Buffers to transfer instead of copying; a body that shares its memory must be copied. */
function transferable(value: unknown, { buffer, byteLength }: Buffer): unknown {
  if (byteLength !== buffer.byteLength) return value;
  return move({ [transferableSymbol]: buffer, [valueSymbol]: value } as unknown as Movable);
}

/** by their modules: they stay what they are */
const known = new Map<string, FormatRegistry>();

/** @throws Error where no module has that API */
async function formatsFor(
  { surface, translation = '' }: Pick<RequestJob, 'surface' | 'translation'>,
  modules: readonly string[],
): Promise<Formats> {
  const formats = known.get(modules.join()) ?? (await formatsIn(modules));
  await formats.named.get(translation)?.load?.();
  if (formats.dialects.has(surface)) return formats;
  throw new Error(`no dialect '${surface}' in ${modules.join(', ')}`);
}

async function formatsIn(modules: readonly string[]): Promise<FormatRegistry> {
  const all = (await Promise.all(modules.map((url) => import(url)))) as FormatsModule[];
  const formats = new FormatRegistry();
  for (const [nth, { dialects, translations }] of all.entries())
    formats.add(dialects, translations, modules[nth] as string);
  known.set(modules.join(), formats);
  return formats;
}
