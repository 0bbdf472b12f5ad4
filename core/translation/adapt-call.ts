import type {
  Call,
  Context,
  Dialect,
  Formats,
  Normaliser,
  Quirks,
  RequestJob,
  ConvertedRequest,
  Target,
  Translation,
} from '../contracts/index.ts';
import { convertRequest } from './convert-body.ts';
import { membersOf, scalarAt } from '../../wire/body/json-members.ts';
import { modelOf } from '../../wire/body/rewrite.ts';
import { applyRules } from '../../wire/body/apply-rules.ts';
import { countStream } from './count-stream.ts';
import { GatewayError, isUntranslatable } from '../errors.ts';
import { isRewritten } from './is-rewritten.ts';

/** A call as one target must get it, and how its answer is to be read. */
export interface AdaptedCall {
  readonly call: Call;
  /** the wire format of the answer */
  readonly dialect: Dialect;
  readonly translation: Translation | undefined;
  /** members that the translation left out */
  readonly dropped: readonly string[];
  /** what rules of the operator have changed in it; absent: nothing */
  readonly ruled?: readonly string[];
  /** of the target's provider */
  readonly quirks: Quirks;
  /** makes the answer into the dialect's own; undefined: it is */
  readonly normaliser: Normaliser | undefined;
  /** A stream is asked for, whatever the caller wants. */
  readonly asksStream: boolean;
  /** Its stream is asked to count tokens where the caller did not ask for that. */
  readonly asksToCount: boolean;
  /** The gateway alone asked for the tokens: a frame that only counts them is not passed on. */
  readonly hidesUsage: boolean;
}

export function hasSurface(target: Target, surface: string, formats: Formats): boolean {
  return claimsSurface(target, surface, formats) && !target.missing.has(surface);
}

/** Its provider declares the API, though it may have been seen to lack it. */
export function claimsSurface(target: Target, surface: string, { dialects }: Formats): boolean {
  const { provider } = target;
  const surfaces = provider.surfacesOf?.(modelOf({ model: target.name }, target)) ?? provider.surfaces;
  if (surfaces.includes(surface)) return true;
  return surfaces.includes('*') && dialects.get(surface)?.mustBeDeclared !== true;
}

/** The translation that lets this target answer a call of that API; undefined: none is needed, or there is none. */
export function translationFor(target: Target, surface: string, formats: Formats): Translation | undefined {
  if (hasSurface(target, surface, formats)) return undefined;
  const has = ({ to, models }: Translation): boolean =>
    hasSurface(target, to, formats) && models?.(modelOf({ model: target.name }, target)) !== false;
  return formats.translations.find((one) => one.from === surface && has(one));
}

/**
 * The call as this target takes it. A promise where a worker converts a long body.
 * @throws GatewayError when the target's API cannot express the request
 */
export function adaptCall(
  context: Context,
  target: Target,
  formats: Formats,
): AdaptedCall | Promise<AdaptedCall> {
  const translation = translationFor(target, context.call.surface, formats);
  const loading = translation?.load?.();
  if (loading) return loading.then(() => adaptCall(context, target, formats));
  if (!translation || !claimsSurface(target, context.call.surface, formats))
    return adapted(context, target, translation, formats);
  // An API that was only seen to be missing may be there: what cannot be translated is asked as it came.
  const asItCame = (error: unknown): AdaptedCall | Promise<AdaptedCall> => {
    if (!isUntranslatable(error)) throw error;
    return adapted(context, target, undefined, formats);
  };
  try {
    const ready = adapted(context, target, translation, formats);
    return ready instanceof Promise ? ready.catch(asItCame) : ready;
  } catch (error) {
    return asItCame(error);
  }
}

function adapted(
  { call, dialect, route, fellBack }: Context,
  target: Target,
  translation: Translation | undefined,
  formats: Formats,
): AdaptedCall | Promise<AdaptedCall> {
  const { quirks } = target.provider;
  if (translation && call.isUntranslatable)
    throw new GatewayError(
      'not_translatable',
      `${call.path} has no equivalent in ${translation.to}, the only API that a provider of this model has`,
    );
  const spoken = translation ? (formats.dialects.get(translation.to) as Dialect) : dialect;
  const flat = quirks.content === 'string' && spoken.flatContent !== undefined && call.format === 'json';
  if (!translation && !flat) return ruled(asked(call, spoken, translation, target), route, target);
  const said = call.model === '' ? {} : { model: modelOf(call, target) };
  const job: RequestJob = {
    raw: call.raw,
    surface: call.surface,
    translation: translation?.name,
    drops: route.untranslatable ?? (fellBack ? 'members' : 'refuse'),
    said: call.pathOf ? { ...said, stream: call.stream } : said,
    flat,
    names: call.members?.names ?? [],
  };
  const converted = (made: ConvertedRequest): AdaptedCall =>
    ruled(asked(placed(call, translation, made), spoken, translation, target, made.dropped), route, target);
  const { offload } = formats;
  if (!offload || call.raw.length < offload.from) return converted(convertRequest(job, formats));
  mustBeFew(call);
  return offload.request(job).then(converted);
}

function ruled(asIs: AdaptedCall, { rules: model }: Context['route'], { provider }: Target): AdaptedCall {
  if (!model && !provider.rules) return asIs;
  const { call, told } = applyRules(asIs.call, asIs.dialect, [model, provider.rules]);
  return told.length === 0 ? asIs : { ...asIs, call, ruled: told };
}

/** One API may have in its path what the other has in its body. */
function placed(call: Call, translation: Translation | undefined, { raw, members }: ConvertedRequest): Call {
  if (!translation) return { ...call, raw, members };
  const { to: surface, path } = translation;
  if (typeof path !== 'string')
    return { ...call, raw, members, surface, pathOf: path, isAtRoot: false, set: undefined };
  return { ...call, raw, members, surface, path, pathOf: undefined, isAtRoot: false };
}

/** the most values of a long body that are parsed: each takes ten times the memory of its bytes */
const MOST_VALUES = 1_000_000;

function mustBeFew({ members }: Call): void {
  if (!members || members.values <= MOST_VALUES) return;
  throw new GatewayError(
    'not_translatable',
    `the body holds more than ${MOST_VALUES} values, and this target has another API: ask one that has this API, or send less`,
  );
}

function asked(
  given: Call,
  dialect: Dialect,
  translation: Translation | undefined,
  target: Target,
  dropped: readonly string[] = [],
): AdaptedCall {
  const { quirks } = target.provider;
  const counted = countStream(given, dialect, quirks, target);
  const call = counted ?? given;
  const stream = streamOf(call, dialect, quirks);
  const set = {
    ...(stream !== call.stream && !call.pathOf && { stream }),
    ...(stream && !call.stream ? dialect.foldWith : undefined),
    ...(quirks.maxTokens === undefined ? undefined : bounded(call, dialect, quirks.maxTokens)),
  };
  const path = call.pathOf?.({ model: modelOf(call, target), stream });
  const sent = path === undefined ? call : { ...call, path };
  return {
    call: Object.keys(set).length === 0 ? sent : { ...sent, set: { ...sent.set, ...set } },
    dialect,
    translation,
    dropped,
    quirks,
    normaliser: isRewritten(quirks) ? dialect.normaliser?.(quirks, call) : undefined,
    asksStream: stream,
    asksToCount: counted !== undefined,
    hidesUsage: counted !== undefined && translation?.countsStreams !== true,
  };
}

/** Whether a stream is asked for, which a provider with quirks may not have, or have alone. */
function streamOf(call: Call, dialect: Dialect, { streams }: Quirks): boolean {
  if (streams === 'only' && !call.stream && dialect.fold) return true;
  if (streams === 'never' && call.stream && dialect.unfold) return false;
  return call.stream;
}

/** The members that ask for more tokens than the target allows; one is added where there is none. */
function bounded(call: Call, { tokenLimits: names }: Dialect, most: number): Record<string, number> {
  if (names.length === 0 || call.format !== 'json') return {};
  const found = membersOf(call, names);
  const present = names.filter((name) => typeof scalarAt(call.raw, found?.spans.get(name)) === 'number');
  if (present.length === 0) return { [names[0] as string]: most };
  const over = present.filter((name) => (scalarAt(call.raw, found?.spans.get(name)) as number) > most);
  return Object.fromEntries(over.map((name) => [name, most]));
}
