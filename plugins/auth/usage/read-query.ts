import { GatewayError } from '../../../core/errors.ts';
import { FILTERS, GROUPS, type Filter, type Group, type UsageQuery } from './usage-row.ts';

const DAY_MS = 86_400_000;
const NAMES = ['by', 'since', 'until', ...FILTERS, 'format'];
const FORMATS = ['json', 'csv'] as const;

export interface Asked extends UsageQuery {
  readonly format: (typeof FORMATS)[number];
}

/** The last 30 days by key, unless said otherwise. @throws GatewayError `invalid_request` */
export function readQuery(query: Readonly<Record<string, unknown>>, nowEpochMs: number): Asked {
  for (const [name, value] of Object.entries(query)) {
    if (!NAMES.includes(name))
      throw invalid(
        name,
        `there is no query parameter '${name.slice(0, 100)}' here; there are: ${NAMES.join(', ')}`,
      );
    if (typeof value !== 'string') throw invalid(name, `'${name}' is given twice`);
  }
  const said = query as Readonly<Record<string, string | undefined>>;
  const { by = 'key', format = 'json' } = said;
  const groups = by.split(',').filter((name) => name !== '');
  for (const name of groups) mustBeOneOf('by', name, GROUPS);
  mustBeOneOf('format', format, FORMATS);
  const only = FILTERS.map((name) => [name, said[name]] as const).filter(([, value]) => value !== undefined);
  return {
    by: groups as Group[],
    format: format as Asked['format'],
    sinceEpochMs: timeOf('since', said.since) ?? nowEpochMs - 30 * DAY_MS,
    untilEpochMs: timeOf('until', said.until) ?? nowEpochMs + 1,
    only: Object.fromEntries(only) as { [Name in Filter]?: string },
  };
}

function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw invalid(name, `'${name}' must be a time such as 2027-01-31; it is '${text.slice(0, 100)}'`);
  return time;
}

function mustBeOneOf(param: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw invalid(param, `'${param}' takes ${allowed.join(', ')}; it is '${value.slice(0, 100)}'`);
}

const invalid = (param: string, message: string): GatewayError =>
  new GatewayError('invalid_request', message, { param });
