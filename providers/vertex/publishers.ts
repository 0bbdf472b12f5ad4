import type { Call } from '../../kits/provider-kit/index.ts';

/** A publisher's models in Vertex AI: which API they have, and where it is. */
interface Publisher {
  /** Whether a model is its own, by the name in Vertex AI. */
  readonly has: RegExp;
  readonly surfaces: readonly string[];
  /** below the region; absent: among Google's own models, by the path of the API */
  readonly place?: (call: Call, model: string) => Call;
}

const ANTHROPIC_VERSION = 'vertex-2023-10-16';

/** Google's own come last: each other name says that it is not of them. */
const PUBLISHERS: readonly Publisher[] = [
  { has: /^claude/, surfaces: ['messages', 'count_tokens'], place: atAnthropic },
  {
    has: /^(?:mistral|ministral|codestral)/,
    surfaces: ['chat'],
    place: (call, model) => ({ ...call, path: rawPredict('mistralai', model, call) }),
  },
  // meta/llama-4-maverick-17b-128e-instruct-maas, and others that Google runs for their publishers.
  {
    has: /\//,
    surfaces: ['chat'],
    place: (call) => ({ ...call, path: '/endpoints/openapi/chat/completions' }),
  },
  { has: /embedding/, surfaces: ['vertex-predict'] },
  { has: /^/, surfaces: ['gemini', 'gemini-tokens'] },
];

const publisherOf = (model: string): Publisher => PUBLISHERS.find(({ has }) => has.test(model)) as Publisher;

export const allSurfaces = [...new Set(PUBLISHERS.flatMap(({ surfaces }) => surfaces))];

export const surfacesOf = (model: string): readonly string[] => publisherOf(model).surfaces;

/** The call as the model's publisher has it, and whether its path is below the region, not below Google's own models. */
export function placed(call: Call, model: string): readonly [call: Call, isElsewhere: boolean] {
  const { place, surfaces } = publisherOf(model);
  return place && surfaces.includes(call.surface) ? [place(call, model), true] : [call, false];
}

/** Its API with the model in the path, and a version in the body. To count tokens is a model of its own. */
function atAnthropic(call: Call, model: string): Call {
  const set = { ...call.set, anthropic_version: ANTHROPIC_VERSION };
  if (call.surface === 'count_tokens')
    return { ...call, set, path: '/publishers/anthropic/models/count-tokens:rawPredict' };
  const path = rawPredict('anthropic', model, call);
  return { ...call, set, strip: [...(call.strip ?? []), 'model'], path, pathOf: () => path };
}

function rawPredict(publisher: string, model: string, { stream, set }: Call): string {
  const isStream = (set?.stream ?? stream) === true;
  // A version is written behind an @, which stands in a path as it is.
  const name = encodeURIComponent(model).replaceAll('%40', '@');
  return `/publishers/${publisher}/models/${name}:${isStream ? 'streamRawPredict' : 'rawPredict'}`;
}
