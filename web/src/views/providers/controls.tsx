import { useProviderAction, type ProviderAction } from '../../api/actions.ts';
import type { Provider } from '../../api/types.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { isUp } from './running.ts';

type Action = Exclude<ProviderAction, 'test'>;

const ICONS: Readonly<Record<Action, IconName>> = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  populate: 'download',
};
const WORDS: Readonly<Record<Action, string>> = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  populate: 'Install',
};

interface Props {
  readonly provider: Provider;
  /** icons only, for lists */
  readonly small?: boolean;
}

/** The actions on its process, in its state. */
export function Controls({ provider, small = false }: Props) {
  const act = useProviderAction();
  const { name } = provider;
  return actionsFor(provider).map((action) => {
    const isBusy = act.isPending && act.variables.action === action;
    const run = (): void => act.mutate({ name, action });
    // A stop must be possible during a start.
    const isHeld = act.isPending && action !== 'stop';
    if (small)
      return (
        <IconButton
          key={action}
          small
          changes="the gateway"
          label={`${WORDS[action]} ${name}`}
          disabled={isHeld}
          onClick={run}
        >
          <Icon name={ICONS[action]} />
        </IconButton>
      );
    return (
      <Button
        key={action}
        look={action === 'start' ? 'primary' : 'plain'}
        changes="the gateway"
        busy={isBusy}
        disabled={isHeld}
        onClick={run}
      >
        <Icon name={ICONS[action]} />
        {WORDS[action]}
      </Button>
    );
  });
}

function actionsFor(provider: Provider): readonly Action[] {
  const { process, lacks } = provider;
  if (!process) return [];
  if (isUp(provider))
    return process.state === 'healthy' || process.state === 'unhealthy' ? ['restart', 'stop'] : ['stop'];
  // A program that lacks something can still be installed.
  const start: readonly Action[] = lacks.length === 0 ? ['start'] : [];
  if (process.state === 'absent') return [...start, 'populate'];
  return process.state === 'backoff' ? [...start, 'stop'] : start;
}
