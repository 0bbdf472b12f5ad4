import { withoutCredentials } from '../../../wire/credentials.ts';
import type { ManagedProcess, Upstream } from '../../../core/contracts/index.ts';
import { type Clocks, dated, outOf } from '../../../kits/feature-kit/index.ts';

/** characters of a reason: a program's last output may be long */
const LONGEST = 240;

/** What is wrong with a provider that cannot answer at the moment, in a sentence or two, and the remedy. */
export function explainProblem(upstream: Upstream, clocks: Clocks): string {
  const { process, dormant } = upstream;
  if (process && process.state !== 'healthy')
    return sentences(reasonOf(process), remedyFor(process, upstream.provider.name, dormant));
  const out = outOf(upstream, clocks.now()).map(([, block]) => block);
  if (out.length === 0) return 'its last requests failed; the next one finds out whether it is well';
  const back = Math.max(...out.map(({ untilMs }) => untilMs));
  const reason = [...new Set(out.map(({ detail }) => detail))].join('; ');
  const again = Number.isFinite(back)
    ? `it is asked again at ${new Date(dated(back, clocks)).toISOString()}`
    : '';
  return sentences(reason, again);
}

/** While it starts, its progress tells more than the reason of the start. */
function reasonOf({ state, progress, history }: ManagedProcess): string {
  const reason = progress?.line ?? history.at(-1)?.reason ?? '';
  return reason.startsWith(state) ? reason : `${state}: ${reason}`;
}

function remedyFor({ state, lacks }: ManagedProcess, name: string, dormant: boolean): string {
  // A missing secret is reported with its remedy; a start would not help.
  if (lacks.length > 0) return state === 'failed' ? '' : lacks.join('; ');
  switch (state) {
    case 'starting':
    case 'installing':
    case 'stopping':
      return 'come back in a moment';
    case 'unhealthy':
    case 'backoff':
      return `look at switchyard logs ${name}`;
    case 'failed':
      return `look at switchyard logs ${name}, then switchyard start ${name}`;
    default:
      return dormant ? `it sleeps until switchyard start ${name}` : `switchyard start ${name}`;
  }
}

function sentences(reason: string, remedy: string): string {
  const line = withoutCredentials(reason.replace(/[\p{Cc}\s]+/gu, ' ').trim());
  const short = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  return [short, remedy].filter((part) => part !== '').join('; ');
}
