import type { Gateway } from '../../core/contracts/index.ts';
import { outOf, standing, type StandingState } from '../../kits/feature-kit/index.ts';
import { isOfAll } from '../../kits/shared-kit/index.ts';
import type { Conditions } from './conditions.ts';

/** Whether a provider in this state is down. In any other state it is on its way, not meant to answer, or not known. */
const IS_DOWN: { readonly [State in StandingState]?: boolean } = {
  healthy: false,
  available: false,
  blocked: true,
  backoff: true,
  failed: true,
};

/** Reports providers that cannot answer, and that can again. */
export function watchProviders({ upstreams }: Gateway, conditions: Conditions, nowMs: number): void {
  for (const upstream of upstreams.values()) {
    const { name } = upstream.provider;
    const { state } = standing(upstream, upstreams, nowMs);
    const isDown = IS_DOWN[state];
    if (isDown === undefined) continue;
    const isOwn = !isOfAll(upstream.provider);
    conditions.report(`provider ${name}`, isDown, nowMs, () => {
      if (!isDown) return { type: 'provider_up', subject: name, message: `${name} answers again`, isOwn };
      const reasons = outOf(upstream, nowMs).map(([reason, { detail }]) => detail || reason);
      const because = reasons.length > 0 ? `: ${[...new Set(reasons)].join('; ')}` : '';
      return {
        type: 'provider_down',
        subject: name,
        message: `${name} cannot answer (${state})${because}`,
        details: { state },
        isOwn,
      };
    });
  }
}
