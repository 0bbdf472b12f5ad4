import type { ModelList, Provider } from '../../../api/types.ts';
import { AUTO, type Choice } from '../conversation/conversation.ts';

/** One who can be asked. */
export interface Candidate {
  readonly choice: Choice;
  readonly title: string;
  /** what it is, beside the title */
  readonly kind: string;
}

const MOST = 100;

/** Everybody who can be asked: the gateway's own choice, each model, each provider, and each model of each provider. */
export function candidates(models: ModelList['data'], providers: readonly Provider[]): readonly Candidate[] {
  const awake = providers.filter(({ dormant }) => !dormant);
  return [
    { choice: AUTO, title: 'auto', kind: 'whoever can answer' },
    ...models.map(({ id }) => ({ choice: { model: id, provider: '' }, title: id, kind: 'model' })),
    ...awake.map(({ name }) => ({
      choice: { model: 'auto', provider: name },
      title: `auto of ${name}`,
      kind: 'provider',
    })),
    ...awake.flatMap(({ name, models: own }) =>
      own.map((model) => ({
        choice: { model, provider: name },
        title: `${model} of ${name}`,
        kind: 'just this one',
      })),
    ),
  ];
}

/** Those that a text finds, and last the text itself: a gateway may know more names than it lists. */
export function find(all: readonly Candidate[], text: string): readonly Candidate[] {
  const typed = text.trim();
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  const isListed = typed === '' || all.some(({ title }) => title === typed);
  return [
    ...found.slice(0, MOST),
    ...(isListed ? [] : [{ choice: { model: typed, provider: '' }, title: typed, kind: 'as it is written' }]),
  ];
}
