import type { ListedModel } from '../../core/contracts/index.ts';

/**
 * The models in a provider's answer to `GET /models`, by name: OpenAI's `{ data: [{ id }] }`, a bare array (Together), or
 * `{ models: [{ name }] }` (Ollama, Gemini), `{ publisherModels: [{ name }] }` (Vertex AI). Entries that are not models are skipped.
 * @throws Error where the answer is not a list
 */
export function modelList(answer: unknown): Map<string, ListedModel> {
  const lists = listsIn(answer);
  if (lists.length === 0) throw new Error('its answer is not a list of models');
  for (const list of lists) {
    const found = list.flatMap(named);
    if (found.length > 0) return new Map(found);
  }
  return new Map();
}

/** The members that may be the list; empty: there is none. */
export function listsIn(answer: unknown): readonly unknown[][] {
  const { data, models, publisherModels } = members(answer);
  return [answer, data, models, publisherModels].filter((list) => Array.isArray(list));
}

/** undefined: the entry is not a model. */
export function nameOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry === '' ? undefined : entry;
  const { id, name, model } = members(entry);
  return [id, name, model].find((text): text is string => typeof text === 'string' && text !== '');
}

function named(entry: unknown): [string, ListedModel][] {
  const name = nameOf(entry);
  if (name === undefined) return [];
  // Google's lists have each name as part of a path.
  const isPath = Array.isArray(members(entry).supportedGenerationMethods) || name.startsWith('publishers/');
  return [[isPath ? name.replace(/^(?:publishers\/[^/]+\/)?models\//, '') : name, members(entry)]];
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
