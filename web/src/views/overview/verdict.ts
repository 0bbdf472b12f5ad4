import { blocksOf, canAnswer, isLeftAlone, progressOf } from '../../api/standing.ts';
import type { Provider } from '../../api/types.ts';
import type { Lately } from '../../live/window.ts';
import { stateWords } from '../../format/words.ts';
import { plural } from '../../format/numbers.ts';
import type { Tone } from '../../ui/tone.ts';

export type Remedy = 'start' | 'restart' | 'logs' | 'secrets' | 'reset' | 'add' | 'more';

/** One thing that is wrong, why, and what to do about it. */
export interface Trouble {
  readonly tone: Extract<Tone, 'bad' | 'warn' | 'busy' | 'off'>;
  readonly provider: string | undefined;
  readonly what: string;
  readonly why: string;
  readonly remedies: readonly Remedy[];
}

export interface Verdict {
  readonly tone: Extract<Tone, 'well' | 'bad' | 'warn' | 'busy'>;
  readonly summary: string;
  /** worst first */
  readonly troubles: readonly Trouble[];
}

/** Fewest attempts for a meaningful share of failures. */
const ENOUGH = 4;
const RANK = { bad: 0, warn: 1, busy: 2, off: 3 } as const;

/** What a person sees who starts the gateway for the first time. */
const DEMONSTRATION: Trouble = {
  tone: 'off',
  provider: undefined,
  what: 'A small model answers, for demonstration',
  why: 'For real work add a provider: an API with its key, or a model server of your own.',
  remedies: ['more'],
};

/** One sentence about the gateway, and its problems. */
export function verdict(
  providers: readonly Provider[],
  recent: (provider: string) => Pick<Lately, 'requests' | 'errors'>,
  ofGateway: readonly Trouble[],
): Verdict {
  const awake = awakeAmong(providers);
  const troubles = awake
    .flatMap((provider) => troubleOf(provider, recent(provider.name)))
    .concat(ofGateway)
    .sort((a, b) => RANK[a.tone] - RANK[b.tone]);
  const able = awake.filter(canAnswer);
  if (awake.length === 0)
    return {
      tone: 'bad',
      summary: 'No provider can answer: none is configured.',
      troubles: [
        {
          tone: 'bad',
          provider: undefined,
          what: 'No provider is configured',
          why: 'Add one to switchyard.yaml, set an API key in the environment, or start one of the inactive ones.',
          remedies: ['add'],
        },
        ...ofGateway,
      ],
    };
  if (able.length === 0) {
    const waits = troubles.some(({ tone }) => tone === 'busy');
    return {
      tone: waits ? 'busy' : 'bad',
      summary: waits ? 'No provider can answer yet.' : 'No provider can answer.',
      troubles,
    };
  }
  const told =
    able.length === awake.length
      ? `${plural(able.length, 'provider')} can answer.`
      : `${able.length} of ${plural(awake.length, 'provider')} can answer.`;
  const worst = troubles[0]?.tone;
  if (worst === undefined || worst === 'off') {
    const isAlone = able.every(({ lastResort }) => lastResort);
    return { tone: 'well', summary: `All well. ${told}`, troubles: isAlone ? [DEMONSTRATION] : [] };
  }
  // While other providers answer, no request fails.
  return { tone: worst === 'bad' ? 'warn' : worst, summary: told, troubles };
}

/** Providers in service: not the inactive ones, nor the last resorts. */
function awakeAmong(providers: readonly Provider[]): readonly Provider[] {
  return providers.filter(({ inService }) => inService);
}

function troubleOf(
  provider: Provider,
  { requests, errors }: Pick<Lately, 'requests' | 'errors'>,
): readonly Trouble[] {
  const { name, process, lacks, targets, state } = provider;
  const why = process?.reason ?? '';
  const trouble = (
    tone: Trouble['tone'],
    what: string,
    because: string,
    ...remedies: Remedy[]
  ): Trouble[] => [{ tone, provider: name, what, why: because, remedies }];
  if (lacks.length > 0 && state !== 'healthy')
    return trouble('bad', `${name} needs ${lacks.join(', ')}`, 'It cannot run without it.', 'secrets');
  switch (state) {
    case 'failed':
      return trouble('bad', `${name} has failed`, why, 'logs', 'start');
    case 'backoff':
      return trouble('bad', `${name} has crashed and will restart soon`, why, 'logs', 'start');
    case 'unhealthy':
      return process
        ? trouble('bad', `${name} fails its health check`, why, 'logs', 'restart')
        : trouble(
            'warn',
            `${name} failed its last requests`,
            'The next request shows whether it works again.',
          );
    case 'installing':
    case 'starting':
      return trouble('busy', `${name} is ${stateWords(state)}`, progressOf(provider) ?? why);
    case 'blocked':
      return trouble(
        'bad',
        `${name} is blocked for now`,
        blocksOf(provider) || provider.out.join('; '),
        'reset',
      );
    default:
  }
  const blocked = targets.filter(isLeftAlone);
  if (blocked.length > 0) {
    const which = blocked.map(({ target }) => target).join(', ');
    return trouble(
      'warn',
      `${which} ${blocked.length === 1 ? 'is' : 'are'} blocked for now`,
      blocksOf(provider),
      'reset',
    );
  }
  if (requests + errors >= ENOUGH && errors / (requests + errors) >= 0.5)
    return trouble('warn', `${name} fails ${errors} of ${requests + errors} requests`, '', 'logs');
  return [];
}
