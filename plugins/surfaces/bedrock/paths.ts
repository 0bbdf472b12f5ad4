import type { PathOf } from '../../../core/contracts/index.ts';

/** A model may be an id, a profile or an ARN with slashes, all of it one segment. */
export const conversePath: PathOf = ({ model, stream }) =>
  `/model/${encodeURIComponent(model)}/converse${stream ? '-stream' : ''}`;
