import type { ModelList, Provider } from '../../../api/types.ts';
import { AUTO, type Choice } from '../conversation/conversation.ts';

/** A model, a provider, or a model of a provider. */
export interface Candidate {
  readonly choice: Choice;
  readonly title: string;
  /** its kind, beside the title */
  readonly kind: string;
}

const MOST = 100;

export interface Found {
  readonly shown: readonly Candidate[];
  /** how many more match than are shown */
  readonly hidden: number;
}

/** All choices: `auto`, each model, each provider, and each model of each provider. */
export function candidates(models: ModelList['data'], providers: readonly Provider[]): readonly Candidate[] {
  const awake = providers.filter(({ dormant }) => !dormant);
  return [
    { choice: AUTO, title: 'auto', kind: 'any provider' },
    ...models.map(({ id }) => ({ choice: { model: id, provider: '' }, title: id, kind: 'model' })),
    ...awake.map(({ name }) => ({
      choice: { model: 'auto', provider: name },
      title: `auto of ${name}`,
      kind: `of ${name}`,
    })),
    ...awake.flatMap(({ name, models: own }) =>
      own.map((model) => ({
        choice: { model, provider: name },
        title: `${model} of ${name}`,
        kind: `of ${name}`,
      })),
    ),
  ];
}

/** The matches of a text, and last the text itself: a gateway may know more names than it lists. */
export function find(all: readonly Candidate[], text: string): Found {
  const typed = text.trim();
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  const isListed = typed === '' || all.some(({ title }) => title === typed);
  return {
    shown: [
      ...found.slice(0, MOST),
      ...(isListed ? [] : [{ choice: { model: typed, provider: '' }, title: typed, kind: 'as typed' }]),
    ],
    hidden: Math.max(0, found.length - MOST),
  };
}
