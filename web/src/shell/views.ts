import type { OwnAccess } from '../api/types.ts';
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
  { path: '/usage', title: 'Usage', icon: 'usage', key: 'u' },
  { path: '/keys', title: 'Keys', icon: 'key', key: 'k' },
  { path: '/nodes', title: 'Nodes', icon: 'nodes', key: 'n' },
  { path: '/statistics', title: 'Statistics', icon: 'statistics', key: 's' },
] as const satisfies readonly View[];

/** Those that the key of a caller opens. */
const CALLERS: readonly string[] = ['/chat', '/usage'];

/** The views that a role may see; all while it is not known. */
export const viewsFor = (role: OwnAccess['role'] | undefined): readonly View[] =>
  role === 'caller' ? views.filter(({ path }) => CALLERS.includes(path)) : views;

export const isOpenTo = (role: OwnAccess['role'] | undefined, path: string): boolean =>
  role !== 'caller' || CALLERS.includes(path);
