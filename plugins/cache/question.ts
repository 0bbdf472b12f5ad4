import { createHash } from 'node:crypto';
import type { Context } from '../../core/contracts/index.ts';
import { bodyOf } from '../../kits/feature-kit/index.ts';
import { members } from '../../wire/body/json-members.ts';
import { encoderOf } from '../../wire/framing/encoders.ts';
import { isRaw, tryExactJson } from '../../wire/json.ts';
import type { CacheOptions } from './options.ts';

type Json = Readonly<Record<string, unknown>>;

/** Members that refer to state of the provider: the same request may have another answer. */
const REMEMBERED = ['previous_response_id', 'conversation', 'background', 'container'];
/** Most values of a body: each takes time to be put in order. */
const MOST_VALUES = 20_000;
/** Headers that an answer depends on. */
const HEADERS = ['anthropic-version', 'anthropic-beta', 'openai-beta'];

/** The key of a request in the cache; undefined: its answer is not kept. */
export function keyOf(context: Context, { scope, largest, tools }: CacheOptions): string | undefined {
  const { call, dialect } = context;
  if (call.format !== 'json' || call.isUntranslatable || !dialect.strict) return undefined;
  const body = bodyOf(call);
  if (body.length > largest) return undefined;
  if ((members(body, [])?.values ?? 0) > MOST_VALUES) return undefined;
  const said = bodyIn(body);
  if (!said || REMEMBERED.some((name) => said[name] !== undefined && said[name] !== null)) return undefined;
  if (scope === 'shared' && isKept(call.surface, said)) return undefined;
  if (!tools && hasTools(said) && temperatureOf(said) !== 0) return undefined;
  const about = JSON.stringify([...aboutOf(context), scope === 'key' ? (context.caller?.id ?? '') : null]);
  return createHash('sha256')
    .update(about)
    .update('\n')
    .update(JSON.stringify(sorted(said)))
    .digest('base64');
}

/** Where it goes, and how its caller gets the answer. */
function aboutOf({ call, dialect, route }: Context): unknown[] {
  const { headers } = call;
  return [
    call.surface,
    call.path,
    call.stream,
    encoderOf({ call, dialect }).name,
    call.model,
    route.name,
    route.pinned ?? null,
    route.targets.map(({ id, provider }) => [id, provider.rules ?? null]),
    route.rules ?? null,
    HEADERS.map((name) => headers[name] ?? null),
    // The caller's own key may be what the provider gets.
    call.forwardAuthorization ? [headers.authorization, headers['x-api-key']] : null,
  ];
}

function bodyIn(body: Buffer): Json | undefined {
  try {
    const said = tryExactJson(body.toString());
    return typeof said === 'object' && said !== null && !Array.isArray(said) ? (said as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** A response that can be continued, only with the key that it was made for. */
const isKept = (surface: string, { store }: Json): boolean => surface === 'responses' && store !== false;

const hasTools = (said: Json): boolean =>
  ['tools', 'functions'].some((name) => Array.isArray(said[name]) && said[name].length > 0);

/** undefined: as the provider likes */
function temperatureOf(said: Json): unknown {
  const places = [said, said.generationConfig, said.options] as readonly (Json | undefined)[];
  return places.map((place) => place?.temperature).find((temperature) => temperature !== undefined);
}

/** The same, whatever order its members came in. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isRaw(value)) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const all = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(all.map(([name, member]) => [name, sorted(member)]));
}
