import type { Node } from '../../api/types.ts';

/** Names of the nodes that can be restarted from here: this gateway last, as the others are seen to come back from it. */
export const restartable = (nodes: readonly Node[]): readonly string[] =>
  nodes
    .filter(isRestartable)
    .toSorted((a, b) => Number(a.self) - Number(b.self))
    .map(({ name }) => name);

export const isRestartable = ({ self, url, state }: Node): boolean =>
  self || (url !== null && state === 'up');
