import type { Route, RouteTarget } from '../../../api/types.ts';

/** The draft of one target; undefined: unchanged. */
export interface Typed {
  readonly weight?: string;
  readonly priority?: string;
}

/** By the target's id. */
export type Draft = Readonly<Record<string, Typed>>;

interface Word {
  readonly provider: string;
  readonly model: string;
  /** null takes an override back */
  readonly weight?: number | null;
  readonly priority?: number | null;
}

/** The changes to send: only those that differ from what is in force. An empty field takes the override back. */
export function wordsOf(draft: Draft, { targets }: Route): readonly Word[] {
  return targets.flatMap((target) => {
    const typed = draft[target.target] ?? {};
    const weight = changed(typed.weight, target.weight);
    const priority = changed(typed.priority, target.priority);
    if (weight === undefined && priority === undefined) return [];
    return [
      {
        provider: target.provider,
        model: target.model,
        ...(weight === undefined ? {} : { weight }),
        ...(priority === undefined ? {} : { priority }),
      },
    ];
  });
}

function changed(typed: string | undefined, now: number): number | null | undefined {
  if (typed === undefined) return undefined;
  if (typed.trim() === '') return null;
  const value = Number(typed);
  return value === now ? undefined : value;
}

/** The text of a field. */
export const shownIn = (typed: string | undefined, now: number): string => typed ?? String(now);

export const isOverridden = ({ targets }: { readonly targets: readonly RouteTarget[] }): boolean =>
  targets.some(({ file }) => file !== undefined);

/** Checked without asking the gateway. */
export const isNoWeight = (typed = ''): boolean => typed.trim() !== '' && Number(typed) <= 0;
