import type { Members } from '../../../api/entries.ts';

interface Target {
  readonly provider: string;
  readonly model?: string;
}

const targetsOf = (entry: Members | undefined): readonly Target[] =>
  (entry?.['targets'] ?? []) as readonly Target[];

/** `provider/model` a line. */
export const targetsText = (entry: Members | undefined): string => targetsOf(entry).map(lineOf).join('\n');

/** A line that stays keeps its weight and its priority. A provider's name has no slash, a model's may have some. */
export function readTargets(text: string, entry: Members | undefined): readonly Target[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).map((line) => {
    const kept = targetsOf(entry).find((target) => lineOf(target) === line);
    if (kept) return kept;
    const [provider = '', ...model] = line.split('/');
    return { provider, ...(model.length > 0 && { model: model.join('/') }) };
  });
}

const lineOf = ({ provider, model }: Target): string =>
  model === undefined ? provider : `${provider}/${model}`;
