import type { UsageLine } from '../../../api/types.ts';
import { dollars } from '../../../format/money.ts';
import { count } from '../../../format/numbers.ts';

/** What the bars may show. */
export interface Measure {
  readonly label: string;
  readonly format: (value: number) => string;
  /** null: not known */
  readonly of: (line: UsageLine) => number | null;
  /** requests without this number */
  readonly missing: (line: UsageLine) => number;
}

const unpriced: Measure['missing'] = ({ cost }) => cost.unpriced;
const none: Measure['missing'] = () => 0;

const MEASURES = {
  cost: { label: 'Cost', format: dollars, of: ({ cost }) => cost.reported, missing: unpriced },
  estimated: {
    label: 'Estimated cost',
    format: dollars,
    of: ({ cost }) => cost.estimated,
    missing: unpriced,
  },
  tokens: {
    label: 'Tokens reported',
    format: count,
    of: ({ reported }) => reported.prompt + reported.completion,
    missing: none,
  },
  requests: { label: 'Requests', format: count, of: ({ requests }) => requests, missing: none },
} satisfies Readonly<Record<string, Measure>>;

export const measureChoices = Object.entries(MEASURES).map(([value, { label }]) => ({ value, label }));

export const isMeasure = (name: string | undefined): name is keyof typeof MEASURES =>
  name !== undefined && name in MEASURES;

/** What is shown first: the cost, unless none is known. */
export const firstMeasure = (lines: readonly UsageLine[]): keyof typeof MEASURES =>
  lines.some(({ cost }) => cost.reported !== null) ? 'cost' : 'requests';

export const measureOf = (name: keyof typeof MEASURES): Measure => MEASURES[name];
