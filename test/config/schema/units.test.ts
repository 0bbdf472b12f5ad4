import t from 'tap';
import { units } from '../../../config/schema/units.ts';

t.test('durations become ms', (t) => {
  const table = {
    '500ms': 500,
    '5s': 5000,
    '1.5s': 1500,
    '2m': 120_000,
    '1h': 3_600_000,
    '1d': 86_400_000,
    '2 m': 120_000,
    '250': 250,
  };
  for (const [text, ms] of Object.entries(table)) t.equal(units.duration!.parse(text), ms, text);
  for (const text of ['', 'soon', '-5s', '5 parsecs', 's', '1m30s'])
    t.equal(units.duration!.parse(text), undefined, text);
  t.end();
});

t.test('sizes become bytes', (t) => {
  const table = {
    '32MiB': 32 * 2 ** 20,
    '1KiB': 1024,
    '10MB': 10_000_000,
    '2gib': 2 * 2 ** 30,
    '100B': 100,
    '0.5KiB': 512,
    '1024': 1024,
  };
  for (const [text, bytes] of Object.entries(table)) t.equal(units.bytes!.parse(text), bytes, text);
  for (const text of ['', '5s', '-1KiB', '10 parsecs']) t.equal(units.bytes!.parse(text), undefined, text);
  t.end();
});

t.test('the text for editors allows what is parsed', (t) => {
  for (const text of ['500ms', '5s', '1.5h', '250']) t.match(text, new RegExp(units.duration!.pattern));
  for (const text of ['32MiB', '1KiB', '10MB', '100B', '1024'])
    t.match(text, new RegExp(units.bytes!.pattern));
  t.end();
});
