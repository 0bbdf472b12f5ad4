import type { Results } from '../experiment.ts';
import { median } from './columns.ts';

/** Per cent of the machine that other processes may take before the report mentions them more. */
const tolerable = 5;

/** CPU of all other processes while it was measured. */
export function others(results: Results): string {
  const shares = results.flatMap(([, cases]) =>
    [...cases.values()].flatMap((rounds) => [...rounds.values()].flat().map((sample) => sample['others'])),
  );
  const known = shares.filter((share) => share !== undefined);
  const usual = median(known);
  if (usual === undefined) return 'not measured';
  const said = `took ${usual.toFixed(0)} % of the machine meanwhile (median; at most ${Math.max(...known).toFixed(0)} %)`;
  return usual > tolerable ? `${said}: too busy for times and stalls to mean much` : said;
}
