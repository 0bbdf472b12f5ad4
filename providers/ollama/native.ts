import type { Call, OptionsOf, Provider } from '../../core/contracts/index.ts';
import type { RemoteOptions } from '../../kits/provider-kit/index.ts';
import { members, membersOf } from '../../wire/body/json-members.ts';
import { joined } from '../../wire/body/pieces.ts';
import { spliced } from '../../wire/body/splice-json.ts';

const settings = {
  numCtx: {
    type: 'integer',
    minimum: 1,
    description: 'The context window in tokens (`num_ctx`), for requests that name none.',
  },
  keepAlive: {
    type: 'string',
    minLength: 1,
    description:
      "How long the model stays loaded (`keep_alive`), for requests that do not say: '30m', '0', or '-1' for ever.",
  },
  think: {
    enum: [true, false, 'low', 'medium', 'high', 'max'],
    description: 'Whether, or how hard, the model thinks, for requests that do not say.',
  },
} as const;

const settingsSchema = { type: 'object', additionalProperties: false, properties: settings } as const;
type Settings = OptionsOf<typeof settingsSchema>;

export const nativeOptions = {
  type: 'object',
  additionalProperties: false,
  description:
    "Speak Ollama's own API to it instead of the OpenAI-compatible one, which cannot be told what stands here.",
  properties: {
    ...settings,
    models: {
      type: 'object',
      additionalProperties: {
        ...settingsSchema,
        description: 'The same for one model.',
      },
      description: "The same by the provider's own name of a model; it takes precedence.",
    },
  },
} as const;
type Native = OptionsOf<typeof nativeOptions>;

export type WithNative = RemoteOptions & { readonly native?: Native };

/** Its own APIs, which are beside `/v1`: those that answer a prompt, those that make vectors, and a description. */
const PROMPTED = ['ollama-chat', 'ollama-generate', 'ollama-complete'];
const VECTORS = ['ollama-embed', 'ollama-embeddings'];
const OWN = [...PROMPTED, ...VECTORS, 'ollama-show'];
const MEMBERS = ['options', 'keep_alive', 'think'];

/** What it is asked by: callers of chat are translated to its own API where that is wanted. */
export const surfacesOf = (native: Native | undefined): readonly string[] =>
  native ? [...OWN, 'embeddings'] : ['chat', 'completions', 'embeddings', 'responses', ...OWN];

/** Its own APIs at their place, with what the config sets where the caller says nothing. */
export function withOwnApi(provider: Provider, native: Native | undefined): Provider {
  const { models = {}, ...all } = native ?? {};
  return {
    ...provider,
    request: (call, target) => {
      if (!OWN.includes(call.surface)) return provider.request(call, target);
      const set = unsaid(call, { ...all, ...models[target.model === '*' ? call.model : target.model] });
      return provider.request(
        { ...call, isAtRoot: true, ...(set && { set: { ...call.set, ...set } }) },
        target,
      );
    },
  };
}

/** undefined: nothing is to be set */
function unsaid(call: Call, { numCtx, keepAlive, think }: Settings): Record<string, unknown> | undefined {
  const isPrompted = PROMPTED.includes(call.surface);
  if (!isPrompted && !VECTORS.includes(call.surface)) return undefined;
  if (numCtx === undefined && keepAlive === undefined && think === undefined) return undefined;
  const { spans } = membersOf(call, MEMBERS) ?? {};
  const given = spans?.get('options');
  const options =
    numCtx !== undefined && withContext(given ? call.raw.subarray(given.start, given.end) : NONE, numCtx);
  return {
    ...(options && { options }),
    ...(keepAlive !== undefined && !spans?.has('keep_alive') && { keep_alive: durationOf(keepAlive) }),
    ...(isPrompted && think !== undefined && !spans?.has('think') && { think }),
  };
}

const NONE = Buffer.from('{}');
/** bytes of the longest options that are examined: others are no options, and Ollama answers for itself */
const LONGEST = 64 * 1024;

/** The caller's options with a context window, where they are an object without one; its other bytes stay. */
function withContext(given: Buffer, numCtx: number): Buffer | undefined {
  if (given.length > LONGEST) return undefined;
  const own = given.equals(NULL) ? NONE : given;
  const found = members(own, ['num_ctx']);
  return found && !found.spans.has('num_ctx') ? joined(spliced(own, { num_ctx: numCtx }, found)) : undefined;
}

const NULL = Buffer.from('null');

/** A number has no unit, and is one in JSON: seconds. */
const durationOf = (said: string): string | number => (Number.isNaN(Number(said)) ? said : Number(said));
