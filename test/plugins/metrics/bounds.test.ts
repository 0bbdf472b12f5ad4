import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { Pool } from 'undici';
import { openLab } from '../../lab.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { digestOf } from '../../../plugins/auth/key-record.ts';

const COUNT = 10_000;
const ANSWER = JSON.stringify({
  object: 'chat.completion',
  id: 'c',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});

t.test(`${COUNT} keys that ask for ${COUNT} names make a bounded number of series`, async (t) => {
  const upstream = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(ANSWER));
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  t.teardown(() => upstream.close());
  const home = testFolder(t);
  keysIn(join(home, 'keys.db'));
  const switchyard = await startSwitchyard(t, {
    home,
    server: { adminKeys: ['admin-key-1'] },
    providers: {
      lab: {
        use: 'openai-compatible',
        baseUrl: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
        models: undefined,
      },
    },
  });
  const pool = new Pool(switchyard.url, { connections: 32 });
  t.teardown(() => pool.destroy());
  const ask = async (at: number): Promise<void> => {
    const { statusCode, body } = await pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer sk-sy-${at}` },
      body: JSON.stringify({ model: `name-${at}`, messages: [{ role: 'user', content: 'hi' }] }),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(String(statusCode));
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < COUNT) await ask(next++);
  };
  await Promise.all(Array.from({ length: 32 }, lane));

  const { text } = await switchyard.ask('/metrics', { headers: { authorization: 'Bearer admin-key-1' } });
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  t.ok(lines.length < 1_000, `${lines.length} series`);
  t.notMatch(text, /name-\d/);
  const sum = (name: string): number =>
    lines
      .filter((line) => line.startsWith(`${name}{`))
      .reduce((all, line) => all + Number(line.split(' ').at(-1)), 0);
  t.equal(sum('switchyard_key_requests_total'), COUNT);
  t.equal(sum('switchyard_key_tokens_total'), 5 * COUNT);
  t.equal(sum('switchyard_requests_total'), COUNT);
  t.equal(sum('switchyard_tokens_total'), 5 * COUNT);
  t.match(text, `switchyard_key_requests_total{key="(other keys)",result="answered"} ${COUNT - 100}`);
});

t.test('nor do names that lead nowhere, where a hook may replace them', async (t) => {
  const { switchyard } = await openLab(t, {
    provider: { models: { m: 'm' } },
    config: { unknownModels: 'reject', redact: { find: ['email'] } },
  });
  for (let at = 0; at < 20; at++)
    t.equal((await switchyard.chat({ model: `made-up-${at}` })).json().error.code, 'model_not_found');
  const { text } = await switchyard.ask('/metrics');
  t.notMatch(text, 'made-up');
  t.match(text, /switchyard_requests_total\{surface="chat",route="\*",ending="refused",status="4xx"\} 20/);
});

/** As the gateway stores them, all in one step. */
function keysIn(file: string): void {
  const database = new DatabaseSync(file);
  database.exec(
    'CREATE TABLE keys (id TEXT PRIMARY KEY, data TEXT NOT NULL, used INTEGER) STRICT; PRAGMA user_version = 1; BEGIN',
  );
  const insert = database.prepare('INSERT INTO keys (id, data) VALUES (?, ?)');
  for (let at = 0; at < COUNT; at++) {
    const secrets = [{ digest: digestOf(`sk-sy-${at}`), begins: 'sk-sy-', untilEpochMs: null }];
    const record = {
      id: `key_${at}`,
      name: `team ${at}`,
      role: 'caller',
      owner: null,
      labels: [],
      models: ['*'],
      providers: ['*'],
      limits: {},
      createdEpochMs: 0,
      expiresEpochMs: null,
      revokedEpochMs: null,
      secrets,
    };
    insert.run(record.id, JSON.stringify(record));
  }
  database.exec('COMMIT');
  database.close();
}
