// What deploy/ has for Grafana and Prometheus, against the metrics of a gateway that runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { errorCodes } from '../../core/errors.ts';
import { root } from '../../gateway.ts';
import { ending, processState, state } from '../../kits/feature-kit/answers.ts';
import { STATUS_CLASSES } from '../../plugins/metrics/names.ts';
import type { CircuitState } from '../../core/contracts/index.ts';
import { startSwitchyard, type Parsed, type Switchyard } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { startUpstream } from '../upstream/upstream.ts';

type Labels = Readonly<Record<string, string>>;

/** A metric in an expression, the labels that it is expected to have, and what is compared with them. */
interface Selector {
  readonly name: string;
  readonly labels: ReadonlySet<string>;
  readonly values: readonly (readonly [label: string, value: string])[];
}

const CIRCUIT: readonly CircuitState[] = ['closed', 'open', 'half-open'];

/** Labels that Prometheus adds. */
const ADDED = new Set(['instance', 'job']);
const ADMIN = { authorization: 'Bearer admin-key-1' };
const CALLER = { authorization: 'Bearer caller-key-1' };
const promql = parser.configure({ top: 'PromQL' });

/** @throws where it is no PromQL */
function selectorsIn(written: string): Selector[] {
  // Grafana puts a duration here.
  const text = written.replaceAll('$__rate_interval', '5m');
  const selectors: Selector[] = [];
  promql.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`${text}\n${' '.repeat(node.from)}^ no PromQL`);
      if (node.name === 'VectorSelector') selectors.push(selectorAt(node.node, text));
    },
  });
  return selectors;
}

function selectorAt(node: SyntaxNode, text: string): Selector {
  const said = (at: SyntaxNode | null): string => (at ? text.slice(at.from, at.to) : '');
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  const pairs = matchers.map((one) => [
    said(one.getChild('LabelName')),
    JSON.parse(said(one.getChild('StringLiteral'))) as string,
  ]) as [string, string][];
  const grouped: string[] = [];
  for (let outer = node.parent; outer; outer = outer.parent) {
    const labels = outer.getChild('AggregateModifier')?.getChild('GroupingLabels');
    grouped.push(...(labels?.getChildren('LabelName') ?? []).map(said));
  }
  const labels = new Set([...pairs.map(([name]) => name), ...grouped].filter((name) => !ADDED.has(name)));
  const values = pairs
    .filter(([name]) => !ADDED.has(name))
    .flatMap(([name, value]) => value.split('|').map((one) => [name, one] as const));
  return { name: said(node.getChild('Identifier')), labels, values };
}

const dashboard = JSON.parse(readFileSync(join(root, 'deploy/grafana/switchyard.json'), 'utf8'));
const rules = (
  parse(readFileSync(join(root, 'deploy/prometheus/alerts.yml'), 'utf8')) as Parsed
).groups.flatMap((group: Parsed) => group.rules);

/** A gateway where something of each kind has happened. */
async function eventful(t: Test): Promise<Switchyard> {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const program = `require('http').createServer((_, r) => r.end('{}')).listen(process.env.PORT, '127.0.0.1')`;
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' }, concurrency: 1 };
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t),
    server: { apiKeys: ['caller-key-1'], adminKeys: ['admin-key-1'] },
    breaker: { failures: 3 },
    retry: { again: 0 },
    providers: {
      lab,
      local: {
        use: 'process',
        command: [process.execPath, '-e', program],
        env: { PORT: '{port}' },
        probe: { path: '/' },
        models: { l: 'l' },
        start: 'manual',
      },
    },
    models: { m: { targets: [{ provider: 'lab', model: 'm' }] } },
  });
  await Promise.all([
    switchyard.chat({ stream: true }, { headers: CALLER }),
    switchyard.chat({ stream: true }, { headers: CALLER }),
  ]);
  await switchyard.chat({}, { headers: { authorization: 'Bearer wrong-key-1' } });
  upstream.behaveOnce('cut-after-content');
  await switchyard.chat({ stream: true }, { headers: CALLER });
  upstream.behave('status-500');
  for (let at = 0; at < 4; at++) await switchyard.chat({}, { headers: CALLER });
  return switchyard;
}

async function scrape(switchyard: Switchyard): Promise<Map<string, Labels[]>> {
  const { text } = await switchyard.ask('/metrics', { headers: ADMIN });
  const series = new Map<string, Labels[]>();
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const pairs = [...labels.matchAll(/(\w+)="((?:\\.|[^"\\])*)"/g)];
    const all = series.get(name) ?? [];
    all.push(Object.fromEntries(pairs.map(([, key, value]) => [key, value])));
    series.set(name, all);
  }
  return series;
}

t.test(
  'every metric that the dashboard and the alerts name is there, with its labels and their values',
  async (t) => {
    const series = await scrape(await eventful(t));
    const seen = new Set([...series.values()].flat().flatMap((labels) => Object.values(labels)));
    const words: readonly string[] = [
      ...[processState, state, ending].flatMap((one) => [...one.enum]),
      ...errorCodes,
      ...STATUS_CLASSES,
      ...CIRCUIT,
    ];
    const isKnown = (value: string): boolean => seen.has(value) || words.includes(value);

    const panels = dashboard.panels.flatMap(({ title, targets = [] }: Parsed) =>
      targets.map(({ expr }: { expr: string }) => [`panel ${title}`, expr]),
    );
    const alerts = rules.map(({ alert, expr }: Parsed) => [`alert ${alert}`, expr]);
    t.ok(panels.length > 30 && alerts.length > 10);
    for (const [place, expr] of [...panels, ...alerts] as [string, string][])
      for (const { name, labels, values } of selectorsIn(expr)) {
        const found = series.get(name);
        t.ok(found, `${place}: there is ${name}`);
        for (const label of labels)
          t.ok(
            found?.some((one) => label in one),
            `${place}: ${name} has the label ${label}`,
          );
        for (const [label, value] of values)
          t.ok(isKnown(value) || /^[\w.]*[.+*][\w.]*$/.test(value), `${place}: ${label} may be '${value}'`);
      }
  },
);

t.test('every metric of the gateway is on the dashboard', async (t) => {
  const series = await scrape(await eventful(t));
  const shown = JSON.stringify(dashboard);
  const names = new Set([...series.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, '')));
  const missing = [...names].filter((name) => !shown.includes(name));
  // How long an attempt took as a whole is in the requests, and picks are in the attempts.
  t.same(missing, ['switchyard_picks_total', 'switchyard_attempt_seconds']);
});

t.test('panels do not overlap, have texts, and ask the data source that is chosen', async (t) => {
  const taken = new Set<string>();
  for (const { gridPos, type, title, description, datasource } of dashboard.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      const place = `${x} ${gridPos.y}`;
      t.notOk(taken.has(place), `${title} has a place of its own`);
      taken.add(place);
    }
    if (type === 'row') continue;
    t.ok(description, `${title} says what it shows`);
    t.equal(datasource.uid, '${datasource}');
  }
  for (const { alert, labels, annotations } of rules) t.ok(labels.severity && annotations.summary, alert);
});
