import type { Provider } from '../../../api/types.ts';
import { isUp } from '../running.ts';

export type BulkAction = 'start' | 'stop' | 'restart' | 'populate';

export interface Words {
  readonly title: string;
  readonly verb: string;
  readonly icon: 'start' | 'stop' | 'restart' | 'download';
  /** the result, after their number */
  readonly consequence: string;
}

export const BULK_ACTIONS: Readonly<Record<BulkAction, Words>> = {
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

/** The programs that an action would change. */
export function affectedBy(action: BulkAction, providers: readonly Provider[]): readonly Provider[] {
  // A last resort need not run beside all others.
  const programs = providers.filter(
    ({ process, lastResort }) => process && !(lastResort && action !== 'stop'),
  );
  switch (action) {
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
export const toInstall = (action: BulkAction, providers: readonly Provider[]): readonly Provider[] =>
  action === 'start' || action === 'populate'
    ? providers.filter(({ process }) => process?.state === 'absent')
    : [];
