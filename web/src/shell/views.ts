import type { IconName } from '../ui/icon.tsx';

export interface View {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  /** after `g` */
  readonly key: string;
}

/** The views there are, in the order of the navigation. */
export const views = [
  { path: '/', title: 'Overview', icon: 'overview', key: 'o' },
  { path: '/providers', title: 'Providers', icon: 'providers', key: 'p' },
  { path: '/chat', title: 'Chat', icon: 'chat', key: 'c' },
  { path: '/requests', title: 'Requests', icon: 'requests', key: 'r' },
  { path: '/balancing', title: 'Balancing', icon: 'balancing', key: 'b' },
  { path: '/statistics', title: 'Statistics', icon: 'statistics', key: 's' },
] as const satisfies readonly View[];
