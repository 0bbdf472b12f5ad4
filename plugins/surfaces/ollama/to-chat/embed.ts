import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';
import { floatsOf } from '../../../../kits/dialect-kit/vectors.ts';
import { durations, type Moments } from '../usage.ts';
import { asksNothing } from './wishes.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, '/embeddings', '/api/embed');

/** `/api/embed` as OpenAI's API has it. @throws GatewayError `not_translatable` */
export function embedRequest(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  return embedded(members, members.take('input'));
}

/** The same for `/api/embeddings`, which takes one text. */
export function embeddingsRequest(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  return embedded(members, members.take('prompt'));
}

function embedded(members: Members, input: unknown): Json {
  // Ollama answers it with no vectors, and a provider that has nothing to embed with an error or an empty list.
  if (Array.isArray(input) && input.length === 0) return cannotSay('input', input);
  const said: Json = { model: members.take('model'), input, encoding_format: 'float' };
  const dimensions = members.take('dimensions');
  if (dimensions !== undefined && dimensions !== 0) said.dimensions = dimensions;
  // Options of an embedding are about how the model is loaded.
  members.drop(['keep_alive', 'options']);
  // An input that is too long is refused, as with `truncate: false`.
  if (members.take('truncate') === true) members.dropped('truncate');
  members.end(cannotSay, asksNothing);
  return said;
}

export function embedAnswer(body: unknown, moments: Moments): unknown {
  if (!isObject(body) || !Array.isArray(body.data)) return body;
  const { usage } = body;
  const prompt = isObject(usage) ? usage.prompt_tokens : undefined;
  return {
    model: body.model,
    embeddings: vectorsOf(body.data),
    ...durations({}, moments),
    ...(prompt === undefined ? {} : { prompt_eval_count: prompt }),
  };
}

export function embeddingsAnswer(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body.data)) return body;
  return { embedding: vectorsOf(body.data)[0] ?? [] };
}

/** In the order of the inputs. */
function vectorsOf(data: unknown): unknown[] {
  const all = objectsOf(data);
  return all
    .toSorted((one, other) => asNumber(one.index ?? 0) - asNumber(other.index ?? 0))
    .map(({ embedding }) => (typeof embedding === 'string' ? floatsOf(embedding) : embedding));
}
