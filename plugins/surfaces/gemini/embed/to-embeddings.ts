import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';
import { floatsOf } from '../../../../kits/dialect-kit/vectors.ts';
import { camelled } from '../camel.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, '/embeddings', ':embedContent');
/** The purpose of a vector: other models ignore it. */
const DROPPED = ['taskType', 'title', 'autoTruncate'];

/** Vectors do not stream. */
const events: Translator['events'] = () => (event) => [event];

/** One text to embed, for providers that only have OpenAI's API. */
export const embedToEmbeddings: Translator = {
  events,
  request(body, dropped = []) {
    const { model, stream: _, ...one } = camelled(body);
    return { model, ...inputOf([one], dropped, () => '') };
  },
  answer: (body) => {
    const [values] = vectorsIn(body) ?? [];
    return values === undefined ? body : { embedding: { values } };
  },
};

/** Several, each a request of its own. */
export const batchToEmbeddings: Translator = {
  events,
  request(body, dropped = []) {
    const members = new Members(camelled(body), dropped);
    const model = members.take('model');
    members.take('stream');
    const requests = members.take('requests');
    if (!Array.isArray(requests) || requests.length === 0) return cannotSay('requests', requests);
    members.end(cannotSay, () => false);
    return { model, ...inputOf(requests, dropped, (nth) => `requests[${nth}].`) };
  },
  answer: (body) => {
    const all = vectorsIn(body);
    return all ? { embeddings: all.map((values) => ({ values })) } : body;
  },
};

function inputOf(requests: readonly unknown[], dropped: string[], at: (nth: number) => string): Json {
  const sizes = new Set<unknown>();
  const input = requests.map((given, nth) => {
    const place = at(nth);
    const members = new Members(isObject(given) ? camelled(given) : cannotSay(place, given), dropped);
    members.take('model');
    sizes.add(members.take('outputDimensionality'));
    const text = textOf(members.take('content'), `${place}content`);
    members.drop(DROPPED);
    members.end(
      (name, value) => cannotSay(place + name, value),
      () => false,
    );
    return text;
  });
  const [dimensions] = sizes;
  if (sizes.size > 1) cannotSay(`${at(0)}outputDimensionality`, dimensions);
  return { input, encoding_format: 'float', ...(dimensions !== undefined && { dimensions }) };
}

function textOf(content: unknown, at: string): string {
  if (typeof content === 'string') return content;
  const { parts } = isObject(content) ? content : {};
  const list = isObject(parts) ? [parts] : parts;
  if (!Array.isArray(list)) return cannotSay(at, content);
  return list
    .map((part: unknown, nth) =>
      isObject(part) && typeof part.text === 'string' ? part.text : cannotSay(`${at}.parts[${nth}]`, part),
    )
    .join('');
}

/** In the order of the inputs. */
function vectorsIn(body: unknown): unknown[] | undefined {
  if (!isObject(body) || !Array.isArray(body.data)) return undefined;
  return objectsOf(body.data)
    .toSorted((one, other) => asNumber(one.index ?? 0) - asNumber(other.index ?? 0))
    .map(({ embedding }) => (typeof embedding === 'string' ? floatsOf(stringOf(embedding)) : embedding));
}
