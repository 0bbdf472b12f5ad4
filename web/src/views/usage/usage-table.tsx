import type { UsageLine } from '../../api/types.ts';
import { dollars } from '../../format/money.ts';
import { count } from '../../format/numbers.ts';
import { Columns, type Column } from '../../ui/columns.tsx';

interface Props {
  readonly by: string;
  readonly lines: readonly UsageLine[];
  /** shows only that key, model, owner or provider */
  readonly choose: (name: string, value: string) => void;
}

const FILTERS = ['key', 'model', 'owner', 'provider'];
const NONE: Readonly<Record<string, string>> = {
  owner: 'no owner',
  label: 'no label',
  provider: 'no provider',
  model: 'no model',
};

const NUMBERS: readonly Column<UsageLine>[] = [
  { head: 'Requests', isNumber: true, cell: ({ requests }) => count(requests) },
  { head: 'Failed', isNumber: true, isExtra: true, cell: ({ failed }) => count(failed) },
  { head: 'Tokens in', isNumber: true, cell: ({ reported }) => count(reported.prompt) },
  { head: 'Tokens out', isNumber: true, cell: ({ reported }) => count(reported.completion) },
  { head: 'Cached', isNumber: true, isExtra: true, cell: ({ reported }) => count(reported.cached) },
  {
    head: 'Estimated',
    isNumber: true,
    isExtra: true,
    cell: ({ estimated }) => count(estimated.prompt + estimated.completion),
  },
  { head: 'Not counted', isNumber: true, isExtra: true, cell: ({ unknown }) => count(unknown) },
  { head: 'Cost', isNumber: true, cell: ({ cost }) => dollars(cost.reported) },
  {
    head: 'Estimated cost',
    isNumber: true,
    isExtra: true,
    cell: ({ cost }) => dollars(cost.estimated),
  },
  { head: 'No price', isNumber: true, isExtra: true, cell: ({ cost }) => count(cost.unpriced) },
];

/** Usage, a row for each day, key, model, owner, label or provider. */
export function UsageTable({ by, lines, choose }: Props) {
  const isTime = by === 'day' || by === 'month';
  const columns = [firstColumn(by, choose), ...NUMBERS];
  const rows = isTime ? lines.toSorted((a, b) => (groupOf(a, by) < groupOf(b, by) ? 1 : -1)) : lines;
  return (
    <Columns label={`Usage by ${by}`} columns={columns} rows={rows} keyOf={(line) => groupOf(line, by)} />
  );
}

const groupOf = (line: UsageLine, by: string): string =>
  String((line as Readonly<Record<string, unknown>>)[by] ?? '');

const firstColumn = (by: string, choose: Props['choose']): Column<UsageLine> => ({
  head: by.charAt(0).toUpperCase() + by.slice(1),
  cell: (line) => <Group by={by} text={groupOf(line, by)} choose={choose} />,
});

interface GroupProps extends Pick<Props, 'by' | 'choose'> {
  readonly text: string;
}

function Group({ by, text, choose }: GroupProps) {
  if (text === '' || !FILTERS.includes(by)) return text || (NONE[by] ?? '–');
  return (
    <button type="button" className="text-left text-accent underline" onClick={() => choose(by, text)}>
      {text}
    </button>
  );
}
