import type { Context, Target } from '../contracts/index.ts';

/**
 * Of targets that can be asked, those that lose least of the request: the ones whose vendor has signed thoughts in it, else
 * the ones that have the caller's own API. The others are asked where none of these can be.
 */
export function nearest(
  { route, call }: Pick<Context, 'route' | 'call'>,
  among: readonly Target[],
): readonly Target[] {
  const { native, families } = route;
  if (families)
    for (const { signature, targets } of families) {
      const own = among.filter((target) => targets.includes(target));
      if (own.length > 0 && call.raw.includes(signature)) return own;
    }
  if (!native) return among;
  const own = among.filter((target) => native.includes(target));
  return own.length > 0 ? own : among;
}
