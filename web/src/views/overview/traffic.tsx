import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { queries } from '../../api/queries.ts';
import type { Provider } from '../../api/types.ts';
import { count, percent } from '../../format/numbers.ts';
import { stateWords } from '../../format/words.ts';
import { useLive } from '../../live/store.ts';
import { spanWords } from '../../live/window.ts';
import { Middle } from '../../ui/middle.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import { toneOf } from '../../ui/tone.ts';
import { sharesOf, type Share } from './shares.ts';
import { Tracks } from './tracks.tsx';

const MOST = 8;
const SECONDS = 60;

/** The strategy and each target's share: the switch and its tracks. */
export function Traffic({ providers }: { readonly providers: readonly Provider[] }) {
  const { data: balancing } = useQuery(queries.loadBalancing());
  const ticks = useLive((live) => live.ticks);
  const span = spanWords(ticks, SECONDS);
  const shares = sharesOf(ticks.slice(-SECONDS));
  return (
    <Panel
      title="Traffic"
      aside={
        balancing && (
          <Link to="/balancing" className="text-xs text-accent hover:underline">
            Strategy: {balancing.strategy}
          </Link>
        )
      }
    >
      {shares.length === 0 ? (
        <Empty title={`No requests in ${span}.`}>
          Send one in the{' '}
          <Link to="/chat" className="text-accent underline">
            chat
          </Link>
          , or point any OpenAI client at{' '}
          <code className="font-mono">{new URL('v1', document.baseURI).href}</code>
        </Empty>
      ) : (
        <div className="grid grid-cols-[4.5rem_minmax(0,1fr)] items-stretch">
          <Tracks shares={shares.slice(0, MOST)} />
          <ul aria-label={`Share of each target in ${span}`}>
            {shares.slice(0, MOST).map((share) => (
              <Branch key={share.target} share={share} provider={ownerOf(share.target, providers)} />
            ))}
          </ul>
          {shares.length > MOST && (
            <p className="col-start-2 text-xs text-ink-faint">and {shares.length - MOST} more with less</p>
          )}
        </div>
      )}
    </Panel>
  );
}

function ownerOf(target: string, providers: readonly Provider[]): Provider | undefined {
  return providers.find(({ targets }) => targets.some((one) => one.target === target));
}

interface Props {
  readonly share: Share;
  readonly provider: Provider | undefined;
}

function Branch({ share: { target, requests, share }, provider }: Props) {
  const state = provider?.state;
  const isWell = state === undefined || toneOf(state) === 'well';
  return (
    <li className="flex h-9 items-center gap-3">
      <span className="flex min-w-0 flex-1 items-baseline gap-1.5">
        <Middle text={target} />
        {!isWell && <span className="shrink-0 text-xs text-bad">{stateWords(state)}</span>}
      </span>
      <span className="text-xs text-ink-faint">{count(requests)}</span>
      <span className="w-12 text-right font-semibold">{percent(share)}</span>
    </li>
  );
}
