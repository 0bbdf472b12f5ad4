import type { Provider } from '../../../api/types.ts';
import { isUp } from '../running.ts';

export type Deed = 'start' | 'stop' | 'restart' | 'populate';

export interface Words {
  readonly title: string;
  readonly verb: string;
  readonly icon: 'start' | 'stop' | 'restart' | 'download';
  /** what becomes of them, after their number */
  readonly consequence: string;
}

export const DEEDS: Readonly<Record<Deed, Words>> = {
  start: {
    title: 'Start all',
    verb: 'Start',
    icon: 'start',
    consequence: 'started; those not installed yet are installed first',
  },
  stop: {
    title: 'Stop all',
    verb: 'Stop',
    icon: 'stop',
    consequence: 'stopped, once their answers under way are done',
  },
  restart: {
    title: 'Restart all running',
    verb: 'Restart',
    icon: 'restart',
    consequence: 'stopped and started again',
  },
  populate: {
    title: 'Install all',
    verb: 'Install',
    icon: 'download',
    consequence: 'installed, but not started',
  },
};

/** The programs that a deed would change something about. */
export function whom(deed: Deed, providers: readonly Provider[]): readonly Provider[] {
  // A last resort need not run beside all others.
  const programs = providers.filter(({ process, lastResort }) => process && !(lastResort && deed !== 'stop'));
  switch (deed) {
    case 'start':
      return programs.filter((provider) => !isUp(provider) && provider.lacks.length === 0);
    case 'populate':
      return programs.filter(({ process }) => process?.state === 'absent');
    case 'stop':
    case 'restart':
      return programs.filter(isUp);
  }
}

/** Those that would have to be installed first. */
export const toInstall = (deed: Deed, providers: readonly Provider[]): readonly Provider[] =>
  deed === 'start' || deed === 'populate'
    ? providers.filter(({ process }) => process?.state === 'absent')
    : [];
