import t from 'tap';
import { load, mistakesOf } from '../stub-gateway.ts';

const COUNT = 600;
const all = Array.from({ length: COUNT }, (_, at) => at);
const lines = [
  'providers:',
  ...all.map(
    (at) => `  p${at}: { use: openai-compatible, baseUrl: http://127.0.0.1:1/v1, models: { m${at}: m } }`,
  ),
  'models:',
  ...all.map((at) => `  m${at}: { targets: [{ provider: p${at}, model: m${at} }] }`),
];

t.test('hundreds of providers and models are checked', async (t) => {
  const { config } = await load(t, { config: lines.join('\n') });
  t.equal(Object.keys(config.providers).length, COUNT);
  t.equal(Object.keys(config.models).length, COUNT);
});

t.test('each mistake among them is reported once, with its place', async (t) => {
  const wrong = lines.map((line) =>
    line
      .replace('p599: { use', 'p599: { uze: 1, use')
      .replace('m598: { targets', 'm598: { weigth: 1, targets'),
  );
  const told = await mistakesOf(t, { config: ['prot: 1', ...wrong].join('\n') });
  t.match(told, [
    'The config has 3 mistakes:',
    /^switchyard\.yaml:1:1: prot: unknown/,
    /^switchyard\.yaml:602:\d+: providers\.p599\.uze: unknown/,
    /^switchyard\.yaml:1202:\d+: models\.m598\.weigth: unknown/,
  ]);
  t.equal(told.length, 4);
});
