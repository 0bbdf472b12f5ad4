import type { Standing } from '../answers.ts';
import type { LimitStanding } from './standing.ts';

/** How much of a limit is used, as the API shows it. */
export const describeStanding = ({ endsEpochMs, of, ...standing }: LimitStanding): Standing => ({
  ...standing,
  of: of as Standing['of'],
  ends: endsEpochMs === null ? null : new Date(endsEpochMs).toISOString(),
});
