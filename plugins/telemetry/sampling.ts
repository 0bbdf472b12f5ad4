import type { Host } from '../../core/contracts/index.ts';
import type { Parent } from './trace-context.ts';
import { numberIn } from './settings.ts';

/** Whether a trace is recorded; a parent's own decision may count. */
export type Sample = (traceId: string, parent: Parent | undefined) => boolean;

/** `OTEL_TRACES_SAMPLER`; a name that is not known means the default. */
export function samplerFrom({
  OTEL_TRACES_SAMPLER: name = '',
  OTEL_TRACES_SAMPLER_ARG: ratio,
}: Host['env']): Sample {
  const share = Math.min(1, numberIn(ratio) ?? 1);
  const root: Sample = (traceId) =>
    name.endsWith('always_off') ? false : name.endsWith('traceidratio') ? isBelow(share, traceId) : true;
  if (['always_on', 'always_off', 'traceidratio'].includes(name.trim())) return root;
  return (traceId, parent) => parent?.isSampled ?? root(traceId, parent);
}

/** As the SDKs decide it, so that all services of a trace come to the same. */
function isBelow(share: number, traceId: string): boolean {
  let accumulated = 0;
  for (let at = 0; at < 32; at += 8) accumulated ^= parseInt(traceId.slice(at, at + 8), 16);
  return accumulated >>> 0 < Math.floor(share * 0xffffffff) || share === 1;
}
