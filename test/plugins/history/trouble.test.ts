import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startCommand } from '../../command.ts';
import { folder, keeping, pages, until, upstream } from './keep.ts';

t.test(
  'where history cannot be written requests go on, it is reported once, and waiting records are kept',
  async (t) => {
    const home = await folder(t);
    const one = await upstream(t);
    // What no user may write to, root neither.
    mkdirSync(join(home, 'history.db'));
    const switchyard = await keeping(t, home, { one });
    for (let at = 0; at < 5; at++) t.equal((await switchyard.chat()).status, 200);
    const standing = async () => (await switchyard.ask('/statistics')).json();
    await until(async () => !(await standing()).history.ok, 'it is said');
    t.match(await standing(), { totals: { requests: 5 }, history: { ok: false, reason: String, lost: 0 } });
    t.equal((await switchyard.ask('/requests')).json().data.length, 5, 'from memory');
    for (let at = 0; at < 5; at++) await switchyard.chat();
    const said = () => switchyard.log.filter((line) => line.includes('history cannot be written'));
    t.equal(said().length, 1);
    t.match(said()[0], /name another folder with `home` in the config/);
    rmSync(join(home, 'history.db'), { recursive: true });
    await until(async () => (await standing()).history.ok, 'it is written again');
    await switchyard.close();
    t.equal(said().length, 1);
    const again = await keeping(t, home, { one });
    t.equal((await pages(again)).length, 10, 'nothing was lost');
  },
);

t.test('a broken file is set aside at the start, which is reported, and history begins again', async (t) => {
  const home = await folder(t);
  const one = await upstream(t);
  writeFileSync(join(home, 'history.db'), 'nothing that SQLite knows'.repeat(500));
  const switchyard = await keeping(t, home, { one });
  await switchyard.chat();
  t.equal((await pages(switchyard)).length, 1);
  t.match((await switchyard.ask('/statistics')).json().history, { ok: true });
  const [aside] = readdirSync(home).filter((name) => name.startsWith('history.db.broken-'));
  t.ok(aside);
  t.equal(switchyard.log.filter((line) => line.includes(aside!)).length, 1);
});

t.test('two gateways with one home keep the history of both', async (t) => {
  const home = await folder(t);
  const one = await upstream(t);
  const [first, second] = [await keeping(t, home, { one }), await keeping(t, home, { one })];
  for (let at = 0; at < 20; at++) await Promise.all([first.chat(), second.chat()]);
  await until(async () => (await pages(first, '', 50)).length === 40, 'each sees both');
  t.equal((await pages(second, '', 50)).length, 40);
  t.equal((await first.ask('/statistics')).json().history.ok, true);
});

t.test('records shown before a gateway is killed are there when it starts again', async (t) => {
  const home = await folder(t);
  const one = await upstream(t);
  const lab = { use: 'openai-compatible', baseUrl: one.url, models: { m: 'm' } };
  const config = { discover: false, home, server: { port: 0 }, providers: { lab } };
  const killed = startCommand(t, { config });
  const url = await killed.url;
  const chat = () =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages: [] }),
    });
  for (let at = 0; at < 10; at++) await (await chat()).text();
  // A query sees what is written.
  await (await fetch(`${url}/requests?limit=1`)).text();
  killed.child.kill('SIGKILL');
  await killed.ended;
  const again = await keeping(t, home, { one });
  t.equal((await pages(again)).length, 10);
});
