import type { Results } from '../experiment.ts';
import { median } from './columns.ts';

/** Per cent of the machine that others may take before the numbers say more about them. */
const tolerable = 5;

/** What everyone else took of the machine while it was measured. */
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
