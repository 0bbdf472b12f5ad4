import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../../../switchyard.ts';
import { checked, test, those } from '../tested.ts';
import { testFolder } from '../../../../test-folder.ts';

const NOT_MADE = ['models', 'chat', 'stream', 'format', 'errors', 'abort', 'speed'];

const program = (env: Record<string, string> = {}, others: object = {}): object => ({
  use: 'process',
  command: [process.execPath, join(import.meta.dirname, 'stand-in.mjs')],
  env: { PORT: '{port}', ...env },
  probe: { every: 50 },
  grace: 2_000,
  models: { local: 'local' },
  start: 'manual',
  ...others,
});

const start = (t: Test, providers: Record<string, object>): Promise<Switchyard> =>
  startSwitchyard(t, { home: testFolder(t, {}), providers });

const processOf = (switchyard: Switchyard, name: string) => switchyard.gateway.upstreams.get(name)!.process!;

t.test('a program that does not run is reported and not started, unless a start is requested', async (t) => {
  const switchyard = await start(t, {
    mine: program(),
    broken: program({}, { command: [process.execPath, '-e', 'process.exit(3)'] }),
  });
  const stopped = await test(switchyard, 'mine');
  t.match(checked(stopped, 'health'), {
    ok: false,
    detail: /it is stopped: not started yet/,
    remedy: /switchyard test mine --start/,
  });
  t.same(those(stopped, null), NOT_MADE);
  for (const name of NOT_MADE) t.match(checked(stopped, name).detail, /it is stopped/);
  t.equal(processOf(switchyard, 'mine').state, 'stopped');

  const well = await test(switchyard, 'mine', { start: true });
  t.same(those(well, true), ['health', ...NOT_MADE], JSON.stringify(well, null, 1));
  t.match(checked(well, 'health').detail, 'GET /v1/models answers as it should');
  t.equal(processOf(switchyard, 'mine').state, 'healthy', 'it goes on running');
  t.match(checked(await test(switchyard, 'mine'), 'health'), { ok: true });

  const broken = await test(switchyard, 'broken', { start: true });
  t.match(checked(broken, 'health'), { ok: false, detail: /exit/ });
  t.same(those(broken, null), NOT_MADE);
});

t.test("a program that works on after a disconnect is found by the next request's wait", async (t) => {
  const switchyard = await start(t, { serial: program({ MANNERS: 'serial' }) });
  const result = await test(switchyard, 'serial', { start: true });
  t.same(those(result, false), ['abort'], JSON.stringify(result, null, 1));
  t.match(
    checked(result, 'abort').detail,
    /the next one waits \d+ ms for its first token.*continues after the caller disconnected/,
  );
});

t.test('a program that dies of a disconnect is found, with its exit', async (t) => {
  const switchyard = await start(t, { mortal: program({ MANNERS: 'mortal' }) });
  const result = await test(switchyard, 'mortal', { start: true });
  t.same(those(result, false), ['abort'], JSON.stringify(result, null, 1));
  t.match(
    checked(result, 'abort').detail,
    /after a caller has left, the next request fails.*its process is .*7/s,
  );
});
