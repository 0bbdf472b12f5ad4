import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useProviderAction } from '../../api/actions.ts';
import { useResetTargets } from '../../api/reset-targets.ts';
import { queries } from '../../api/queries.ts';
import type { Provider } from '../../api/types.ts';
import { useOutage } from '../../live/connection.ts';
import { useLive } from '../../live/store.ts';
import { lately } from '../../live/window.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Lamp } from '../../ui/signal.tsx';
import { SURFACE } from '../../ui/tone.ts';
import { gatewayTroubles } from './gateway-troubles.ts';
import { verdict, type Remedy, type Trouble, type Verdict } from './verdict.ts';

const MOST = 4;
/** Old data says nothing about now. */
const UNKNOWN: Verdict = {
  tone: 'warn',
  summary: 'The gateway does not answer: its state is unknown.',
  troubles: [],
};

/** The line on top: all is well, or the problem, its reason, and the remedy. */
export function Headline({ providers }: { readonly providers: readonly Provider[] }) {
  const ticks = useLive((live) => live.ticks);
  const progress = useLive((live) => live.progress);
  const outage = useOutage();
  const { data: health } = useQuery(queries.health());
  const { tone, summary, troubles } =
    outage && outage.connection !== 'absent'
      ? UNKNOWN
      : verdict(providers, (name) => lately(ticks.slice(-60), name), health ? gatewayTroubles(health) : []);
  const more = troubles.length - MOST;
  return (
    <section aria-label="Health" className="overflow-hidden rounded-lg border bg-raised">
      <p
        role="status"
        className={classes('flex items-center gap-2.5 px-3 py-2.5 text-base font-semibold', SURFACE[tone])}
      >
        <Lamp tone={tone} />
        {summary}
      </p>
      {troubles.length > 0 && (
        <ul className="divide-y">
          {troubles.slice(0, MOST).map((trouble) => (
            <TroubleRow
              key={`${trouble.provider} ${trouble.what}`}
              trouble={trouble}
              progress={progress[trouble.provider ?? '']?.line}
              provider={providers.find(({ name }) => name === trouble.provider)}
            />
          ))}
          {more > 0 && <li className="px-3 py-1.5 text-ink-soft">and {more} more below</li>}
        </ul>
      )}
    </section>
  );
}

interface RowProps {
  readonly trouble: Trouble;
  /** its program's output, while it installs or starts */
  readonly progress: string | null | undefined;
  readonly provider: Provider | undefined;
}

function TroubleRow({ trouble, progress, provider }: RowProps) {
  const { tone, what, why, remedies } = trouble;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
      <Lamp tone={tone} />
      <p className="min-w-0 flex-1 basis-60">
        <strong className="font-semibold">{what}</strong>
        {(progress ?? why) !== '' && (
          <span className="block text-ink-soft [overflow-wrap:anywhere]">{progress ?? why}</span>
        )}
      </p>
      <Remedies remedies={remedies} provider={provider} />
    </li>
  );
}

const WORDS: Readonly<Record<Remedy, string>> = {
  start: 'Start',
  restart: 'Restart',
  logs: 'Logs',
  secrets: 'Add secrets',
  reset: 'Unblock',
  add: 'See all providers',
  more: 'Add a provider',
};

interface RemediesProps {
  readonly remedies: readonly Remedy[];
  readonly provider: Provider | undefined;
}

/** The others lead to another view. */
const CHANGES: ReadonlySet<Remedy> = new Set(['start', 'restart', 'reset']);

function Remedies({ remedies, provider }: RemediesProps) {
  const navigate = useNavigate();
  const act = useProviderAction();
  const reset = useResetTargets();
  const name = provider?.name ?? '';
  const go = (search: { name?: string; tab?: string }) => void navigate({ to: '/providers', search });
  const does: Readonly<Record<Remedy, () => void>> = {
    start: () => act.mutate({ name, action: 'start' }),
    restart: () => act.mutate({ name, action: 'restart' }),
    logs: () => go({ name, tab: 'logs' }),
    secrets: () => go({ name, tab: 'secrets' }),
    reset: () => provider && reset.mutate(provider),
    add: () => go({}),
    more: () => go({}),
  };
  return (
    <div className="flex gap-1.5">
      {remedies.map((remedy) => (
        <Button
          key={remedy}
          small
          busy={act.isPending && act.variables.action === remedy}
          aria-label={`${WORDS[remedy]}${name === '' ? '' : `: ${name}`}`}
          {...(CHANGES.has(remedy) && { changes: 'the gateway' as const })}
          onClick={does[remedy]}
        >
          {WORDS[remedy]}
        </Button>
      ))}
    </div>
  );
}
