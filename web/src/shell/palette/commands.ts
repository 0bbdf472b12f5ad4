import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useProviderAction, type ProviderAction } from '../../api/actions.ts';
import { useSetStrategy } from '../../api/set-strategy.ts';
import { useAccess } from '../../api/role.ts';
import { queries } from '../../api/queries.ts';
import type { Provider } from '../../api/types.ts';
import type { IconName } from '../../ui/icon.tsx';
import { toggleTheme } from '../theme.ts';
import { viewsFor } from '../views.ts';

export interface Command {
  readonly id: string;
  readonly group: 'Views' | 'Providers' | 'Chat' | 'Balancing' | 'Dashboard';
  readonly title: string;
  readonly icon: IconName;
  /** words that find it too */
  readonly words?: string;
  readonly run: () => void;
}

const ICONS: Readonly<Record<ProviderAction, IconName>> = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  populate: 'download',
  test: 'test',
};

/** All global commands. Built only while the palette is open. */
export function useCommands(): readonly Command[] {
  const navigate = useNavigate();
  const act = useProviderAction();
  const setStrategy = useSetStrategy();
  const { data: providers = [] } = useQuery(queries.providers());
  const { data: models = [] } = useQuery(queries.models());
  const { data: balancing } = useQuery(queries.loadBalancing());
  return [
    ...viewsFor(useAccess()?.role).map(({ path, title, icon }): Command => ({
      id: path,
      group: 'Views',
      title,
      icon,
      run: () => void navigate({ to: path }),
    })),
    ...providers.flatMap((provider) => [
      ...actionsFor(provider).map((action): Command => ({
        id: `${action} ${provider.name}`,
        group: 'Providers',
        title: `${action === 'populate' ? 'Install' : capital(action)} ${provider.name}`,
        icon: ICONS[action],
        words: provider.models.join(' '),
        run: () => act.mutate({ name: provider.name, action }),
      })),
      ...(provider.process ? [logsOf(provider.name)] : []),
    ]),
    ...models.map(({ id }): Command => ({
      id: `chat ${id}`,
      group: 'Chat',
      title: `Chat with ${id}`,
      icon: 'chat',
      run: () => void navigate({ to: '/chat', search: { model: id } }),
    })),
    ...(balancing?.available ?? [])
      .filter((name) => name !== balancing?.strategy)
      .map((name): Command => ({
        id: `strategy ${name}`,
        group: 'Balancing',
        title: `Use strategy ${name}`,
        icon: 'balancing',
        words: 'strategy load balancing',
        run: () => setStrategy.mutate(name),
      })),
    {
      id: 'theme',
      group: 'Dashboard',
      title: 'Dark or light',
      icon: 'moon',
      words: 'theme',
      run: toggleTheme,
    },
  ];

  function logsOf(name: string): Command {
    return {
      id: `logs ${name}`,
      group: 'Providers',
      title: `Logs of ${name}`,
      icon: 'logs',
      run: () => void navigate({ to: '/providers', search: { name, tab: 'logs' } }),
    };
  }
}

/** Actions that apply in its state. */
function actionsFor({ process }: Provider): readonly ProviderAction[] {
  if (!process) return ['test'];
  if (process.state === 'absent') return ['start', 'populate'];
  if (process.state === 'stopped' || process.state === 'failed') return ['start'];
  return ['restart', 'stop', 'test'];
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
