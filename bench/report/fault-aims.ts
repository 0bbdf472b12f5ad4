import type { Column, Results, Sample } from '../experiment.ts';
import { middle, total } from './columns.ts';

interface FaultAim {
  readonly text: string;
  readonly digits: number;
  /** The value compared with the aim; undefined: the aim does not apply to this sample. */
  of(sample: Sample): number | undefined;
  isMet(value: number): boolean;
}

/** Of the requests of the trouble, per cent; 1 in 60 is 1.67. */
const share = ({ wasted, troubled }: Sample): number | undefined =>
  wasted === undefined || !troubled ? undefined : (100 * wasted) / troubled;

/** Each strategy's aims for each fault. */
const list: readonly FaultAim[] = [
  {
    text: 'no request fails that another target can answer',
    digits: 0,
    of: ({ failed }) => failed,
    isMet: (value) => value === 0,
  },
  {
    text: 'no answer is cut silently',
    digits: 0,
    of: ({ silent }) => silent,
    isMet: (value) => value === 0,
  },
  {
    text: 'what stops before its content is moved (left over)',
    digits: 0,
    of: ({ early, moved }) => (early === undefined || moved === undefined ? undefined : early - moved),
    isMet: (value) => value === 0,
  },
  {
    text: 'at most one request in 60 is wasted on a target that refuses (%)',
    digits: 2,
    of: share,
    isMet: (value) => value <= 100 / 60,
  },
  {
    text: 'a recovered target has half of its share again within 5 s (s)',
    digits: 1,
    of: ({ back }) => back,
    isMet: (value) => value < 5,
  },
];

const missed: Column = {
  title: 'aims missed',
  digits: 0,
  of: (rounds, row) =>
    list.filter((aim) => (rounds.get(row) ?? []).some((sample) => isMissed(aim, sample))).length,
};

export const faultColumns: readonly Column[] = [
  total('requests', 'requests'),
  total('failed', 'failed'),
  total('silent', 'cut silently'),
  total('told', 'cut and told'),
  total('early', 'stopped before content'),
  total('moved', 'of those moved'),
  total('wasted', 'wasted on one'),
  {
    title: '% of the trouble',
    digits: 2,
    of: (rounds, row) => share(rounds.get(row)?.[0] ?? {}),
  },
  middle('p99', 'p99 ms'),
  {
    title: 'share before %',
    digits: 0,
    of: (rounds, row) => 100 * (rounds.get(row)?.[0]?.['before'] ?? NaN),
  },
  middle('back', 'back after s', 1),
  missed,
];

/** The aims of the fault run: met, or which strategies missed them with which fault, the worst first. */
export function faultAims(results: Results): string {
  const found = results.find(([{ name }]) => name === 'faults')?.[1];
  if (!found) return '';
  const all = [...found].flatMap(([title, rounds]) =>
    [...rounds].flatMap(([scene, samples]) =>
      samples.map((sample) => ({ name: `${title.replace(/.*, /, '')} in ${scene}`, sample })),
    ),
  );
  const lines = list.map((aim) => {
    const failing = all
      .filter(({ sample }) => isMissed(aim, sample))
      .map(({ name, sample }) => ({ name, value: aim.of(sample) as number }))
      .sort((a, b) => b.value - a.value)
      .map(({ name, value }) => `${name} ${value.toFixed(aim.digits)}`);
    return failing.length === 0
      ? `- met: ${aim.text}`
      : `- MISSED by ${failing.length} of ${all.length}: ${aim.text}: ${failing.join(', ')}`;
  });
  return `## Aims in trouble\n\n${lines.join('\n')}\n`;
}

function isMissed(aim: FaultAim, sample: Sample): boolean {
  const value = aim.of(sample);
  return value !== undefined && !aim.isMet(value);
}
