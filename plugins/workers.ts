import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import type { Converted, FeaturePlugin, Members, OptionsOf } from '../core/contracts/index.ts';
import { GatewayError, type ErrorCode } from '../core/errors.ts';
import { convertAnswer, convertRequest } from '../kits/surface-kit/index.ts';
import { Malformed } from '../wire/malformed.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Worker threads that convert long bodies, so that streams do not wait for that.',
  properties: {
    threads: {
      type: 'integer',
      minimum: 0,
      description: 'Most threads. Default: one less than the number of cores. 0: none.',
    },
    from: {
      format: 'bytes',
      default: '256KiB',
      description:
        'Smallest body that goes to a thread; handing over a shorter one takes longer than translating it.',
    },
  },
} as const;

const file = fileURLToPath(new URL('./workers/work.ts', import.meta.url));
/** ms after which an idle thread ends */
const IDLE = 30_000;

/**
 * Long bodies are translated in worker threads. A failure there is repeated on the event loop, where it can be reported
 * as what it is.
 */
export default {
  name: 'workers',
  inEachThread: true,
  options,
  create({ threads = Math.max(1, availableParallelism() - 1), from }, { gateway: { formats } }) {
    if (threads === 0) return;
    let pool: Promise<Piscina> | undefined;
    // piscina is loaded for the first long body.
    const run = async <Made>(name: string, job: object, bytes: ArrayBuffer): Promise<Made> => {
      pool ??= open(threads);
      return (await pool).run(
        { job, modules: formats.modules },
        { name, transferList: [bytes] },
      ) as Promise<Made>;
    };
    formats.convertBy({
      from,
      request: (job) => {
        const raw = copied(job.raw);
        const made = run<MadeRequest | Failed>('request', { ...job, raw }, raw.buffer);
        return made.then(
          (remade) => ({ ...succeeded(remade), raw: bufferOf(succeeded(remade).raw) }),
          (error: Error) => {
            if (isTooMuch(error)) throw tooMuch(error);
            return convertRequest(job, formats);
          },
        );
      },
      answer: (job) => {
        const body = copied(job.body);
        const made = run<Converted | Failed | undefined>('answer', { ...job, body }, body.buffer);
        return made.then(
          (remade) => remade && { ...succeeded(remade), body: bufferOf(succeeded(remade).body) },
          (error: Error) => {
            if (isTooMuch(error)) throw tooLarge(error);
            return convertAnswer(job, formats);
          },
        );
      },
    });
    return {
      close: async () => {
        formats.convertBy(undefined);
        await (await pool)?.destroy();
      },
    };
  },
} satisfies FeaturePlugin<OptionsOf<typeof options>>;

async function open(threads: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({ filename: file, minThreads: 0, maxThreads: threads, idleTimeout: IDLE });
}

/** A thread's result: the body that the target takes. */
interface MadeRequest {
  readonly raw: Uint8Array;
  readonly members: Members | undefined;
  readonly dropped: readonly string[];
}

/** Or why there is none. */
type Failed =
  | { readonly malformed: string }
  | {
      readonly refused: { readonly code: ErrorCode; readonly message: string; readonly param: string | null };
    };

/** @throws GatewayError, Malformed what the thread has found */
function succeeded<Made extends object>(made: Made | Failed): Made {
  if ('malformed' in made) throw new Malformed(made.malformed);
  if (!('refused' in made)) return made;
  const { code, message, param } = made.refused;
  throw new GatewayError(code, message, param === null ? {} : { param });
}

/** The body has exhausted the thread's memory; it would exhaust the gateway's too. */
const isTooMuch = ({ code }: NodeJS.ErrnoException): boolean => code === 'ERR_WORKER_OUT_OF_MEMORY';

const tooMuch = (cause: Error): GatewayError =>
  new GatewayError(
    'not_translatable',
    'the body takes too much memory to be translated to another API: use a target that has this API, or send less',
    { cause },
  );

const tooLarge = (cause: Error): GatewayError =>
  new GatewayError(
    'upstream_too_large',
    'the upstream sent an answer that takes too much memory to be translated to another API',
    { cause },
  );

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes that can be transferred: one copy on the event loop, where a message that contains them makes several. */
function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
