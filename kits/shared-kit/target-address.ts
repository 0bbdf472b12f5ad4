import type { Gateway, Provider, Target } from '../../core/contracts/index.ts';
import type { Fact } from './facts.ts';

/** Whether it is the same provider to all gateways: a program that runs here is this gateway's alone. */
export const isOfAll = ({ process }: Provider): boolean => process === undefined;

/** By which another gateway with the same providers finds a target. */
export const addressOf = ({ provider, name, through }: Target): Fact => ({
  provider: provider.name,
  name,
  isAsked: through !== undefined,
});

/** undefined: this gateway has no such provider */
export function targetAt({ upstreams }: Gateway, { provider, name, isAsked }: Fact): Target | undefined {
  const upstream = upstreams.get(String(provider));
  if (!upstream) return undefined;
  return isAsked === true ? upstream.asked(String(name)) : upstream.target(String(name));
}
