import type { ListedModel } from '../../core/contracts/index.ts';

/**
 * The models in what a provider answers to a look at its list, by name: `{ data: [{ id }] }` as OpenAI has it, a bare
 * array (Together), `{ models: [{ name }] }` (Ollama, Gemini). What is no model is passed over.
 * @throws Error where it is no list
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

/** What may be the list in it; none: it has none. */
export function listsIn(answer: unknown): readonly unknown[][] {
  const { data, models } = members(answer);
  return [answer, data, models].filter((list) => Array.isArray(list));
}

/** undefined: it is no model. */
export function nameOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry === '' ? undefined : entry;
  const { id, name, model } = members(entry);
  return [id, name, model].find((text): text is string => typeof text === 'string' && text !== '');
}

function named(entry: unknown): [string, ListedModel][] {
  const name = nameOf(entry);
  return name === undefined ? [] : [[name, members(entry)]];
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
