import type { Column, Results } from '../experiment.ts';
import { title as burst } from '../experiments/burst.ts';
import { title as cut } from '../experiments/cut.ts';
import { DIRECT, FAILED_OVER, title as failover } from '../experiments/failover.ts';
import { title as providers } from '../experiments/providers.ts';
import { title as shapes } from '../experiments/shapes.ts';
import { ASKED, LEASED, title as shared } from '../experiments/shared.ts';
import { title as strategies } from '../experiments/strategy-cost.ts';
import { KEYED, ONE, titles as team } from '../experiments/team.ts';
import { title as tls } from '../experiments/tls.ts';
import { titles as translations, translated } from '../experiments/translated.ts';
import { title as quietGateway } from '../quiet-faults.ts';
import { added, difference, middle, ratio, total } from './columns.ts';

interface Aim {
  text: string;
  title: string;
  column: Column;
  isMet(value: number): boolean;
}

const stream = (streams: number): string => `${streams} streams at once`;

const lost: Column = {
  title: '',
  digits: 0,
  of(rounds, peer) {
    const counts = ['missing', 'disordered', 'stalled', 'unfinished'].map((key) =>
      total(key, '').of(rounds, peer),
    );
    return counts.reduce((sum, count) =>
      sum === undefined || count === undefined ? undefined : sum + count,
    );
  },
};

/** The largest of all rows. */
const most = (key: string, digits: number): Column => ({
  title: '',
  digits,
  of(rounds) {
    const values = [...rounds.keys()].map((row) => middle(key, '').of(rounds, row));
    return Math.max(...values.filter((value) => value !== undefined));
  },
});

/** Of one row, where a table's rows are no peers. */
const ofRow = (row: string, column: Column): Column => ({
  ...column,
  of: (rounds) => column.of(rounds, row),
});

/** Of all rows together. */
const all = (keys: readonly string[]): Column => ({
  title: '',
  digits: 0,
  of: (rounds) =>
    [...rounds.values()]
      .flat()
      .reduce((sum, one) => sum + keys.reduce((so, key) => so + (one[key] ?? 0), 0), 0),
});

/** The gateway's aims, against the bare proxy of the same run; a strategy's against round-robin. */
const list: readonly Aim[] = [
  {
    text: 'JSON 1 KB: CPU at most 1.25 × bare',
    title: 'JSON 1 KB, 32 connections',
    column: ratio('cpu', ''),
    isMet: (value) => value <= 1.25,
  },
  {
    text: 'JSON 1 KB: CPU below http-proxy',
    title: 'JSON 1 KB, 32 connections',
    column: ratio('cpu', '', 'http-proxy'),
    isMet: (value) => value < 1,
  },
  {
    text: 'JSON 1 KB by TLS: CPU at most bare',
    title: tls,
    column: ratio('cpu', ''),
    isMet: (value) => value <= 1,
  },
  {
    text: '200 providers that a request does not go to: CPU at most 1.02 × one provider',
    title: providers,
    column: ofRow('200 providers', ratio('cpu', '', '1 provider')),
    isMet: (value) => value <= 1.02,
  },
  {
    text: 'the first requests of a fresh process: CPU at most 1.3 × later ones',
    title: providers,
    column: most('warmth', 2),
    isMet: (value) => value <= 1.3,
  },
  {
    text: 'bytes of a request that outlive it: under 300',
    title: providers,
    column: most('outlived', 0),
    isMet: (value) => value < 300,
  },
  ...[32, 128, 512].map((streams): Aim => ({
    text: `${streams} streams: CPU per chunk at most 1.25 × bare`,
    title: stream(streams),
    column: ratio('cpu', ''),
    isMet: (value) => value <= 1.25,
  })),
  ...[32, 128, 512].map((streams): Aim => ({
    text: `${streams} streams: every chunk once and in order, none stalled, all finished`,
    title: stream(streams),
    column: lost,
    isMet: (value) => value === 0,
  })),
  {
    text: '5,000 streams, opened in bursts: all of them whole',
    title: burst,
    column: total('unfinished', ''),
    isMet: (value) => value === 0,
  },
  {
    text: '32 streams: added first token p99 under 1 ms',
    title: stream(32),
    column: added('ttft99', ''),
    isMet: (value) => value < 1,
  },
  {
    text: 'a chat for Anthropic, JSON 1 KB: CPU at most 1.6 × bare without a translation',
    title: translations.small,
    column: ofRow(translated, ratio('cpu', '')),
    isMet: (value) => value <= 1.6,
  },
  {
    text: 'a chat for Anthropic, 100 KB: CPU at most 2.5 × an untranslated one',
    title: translations.long,
    column: ofRow(translated, ratio('cpu', '', 'switchyard')),
    isMet: (value) => value <= 2.5,
  },
  {
    text: 'a chat for Anthropic, 32 streams: CPU per chunk at most 1.5 × an untranslated one',
    title: translations.streams(32),
    column: ofRow(translated, ratio('cpu', '', 'switchyard')),
    isMet: (value) => value <= 1.5,
  },
  {
    text: 'a chat for Anthropic, 512 streams: every chunk once and in order, none stalled, all finished',
    title: translations.streams(512),
    column: ofRow(translated, lost),
    isMet: (value) => value === 0,
  },
  {
    text: 'a body of 63 MiB in whatever shape: the loop works for it at most 25 ms in one go',
    title: shapes,
    column: most('worked', 1),
    isMet: (value) => value <= 25,
  },
  {
    text: 'a body of 63 MiB in whatever shape: memory under 3 × the body',
    title: shapes,
    column: most('memory', 2),
    isMet: (value) => value < 3,
  },
  {
    text: 'the dearest strategy: by its picks, CPU at most 1.05 × round-robin',
    title: strategies,
    column: most('by', 3),
    isMet: (value) => value <= 1.05,
  },
  {
    text: 'with keys, limits, budgets, usage, a hook and history, JSON 1 KB: CPU at most 1.1 × without',
    title: team.json,
    column: ofRow(KEYED, middle('ratio', '', 3)),
    isMet: (value) => value <= 1.1,
  },
  {
    text: 'with the same, 128 streams: CPU per chunk at most 1.03 × without',
    title: team.chunks,
    column: ofRow(KEYED, middle('ratio', '', 3)),
    isMet: (value) => value <= 1.03,
  },
  {
    text: '10,000 keys and 1,000 models: at most 40 MiB more than one',
    title: team.memory,
    column: ofRow(KEYED, difference('rss', '', ONE)),
    isMet: (value) => value <= 40,
  },
  {
    text: 'limits in Redis: CPU at most 1.03 × in memory',
    title: shared,
    column: ofRow(LEASED, middle('ratio', '', 3)),
    isMet: (value) => value <= 1.03,
  },
  {
    text: 'limits in Redis, each request asks: CPU at most 1.15 × in memory',
    title: shared,
    column: ofRow(ASKED, middle('ratio', '', 3)),
    isMet: (value) => value <= 1.15,
  },
  {
    text: 'a failover after a refused connection: added p99 under 2 ms',
    title: failover,
    column: ofRow(FAILED_OVER, difference('p99', '', DIRECT, 2)),
    isMet: (value) => value < 2,
  },
  {
    text: '1,000 streams whose upstream is killed: each caller is told',
    title: cut,
    column: total('silent', ''),
    isMet: (value) => value === 0,
  },
  {
    text: 'a quiet gateway in every trouble: no caller fails that a target could answer, no answer is cut silently',
    title: quietGateway,
    column: all(['failed', 'silent']),
    isMet: (value) => value === 0,
  },
];

/** The aims with their measurements, for those that the run covers. */
export function aims(results: Results): string {
  const cases = new Map(results.flatMap(([, found]) => [...found]));
  const lines = list.flatMap(({ text, title, column, isMet }) => {
    const rounds = cases.get(title);
    const value = rounds && column.of(rounds, 'switchyard');
    return rounds && value !== undefined
      ? [`- ${isMet(value) ? 'met' : 'MISSED'}: ${text} (${value.toFixed(column.digits)})`]
      : [];
  });
  return lines.length === 0 ? '' : `## Aims\n\n${lines.join('\n')}\n`;
}
