import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { met, openFleet, until } from '../../fleet.ts';
import { noRedis } from '../../redis.ts';
import { testFolder } from '../../test-folder.ts';

/** Answers once the file `go` is there, and says which it is; with a file `NAME-fails` it fails at once. */
const PROGRAM = `
const { existsSync, writeFileSync } = require('node:fs');
const { PORT, NAME, FOLDER } = process.env;
require('http').createServer(async (request, response) => {
  if (!request.url.includes('chat')) return response.end('{}');
  await request.toArray();
  response.setHeader('content-type', 'application/json');
  if (existsSync(FOLDER + '/' + NAME + '-fails')) return response.writeHead(500).end('{"error":{"message":"no"}}');
  writeFileSync(FOLDER + '/' + NAME + '-asked', '');
  while (!existsSync(FOLDER + '/go')) await new Promise((resolve) => setTimeout(resolve, 10));
  const choices = [{ index: 0, message: { role: 'assistant', content: NAME }, finish_reason: 'stop' }];
  response.end(JSON.stringify({ id: '1', object: 'chat.completion', created: 1, model: 'own', choices }));
}).listen(PORT, '127.0.0.1');`;

t.test(
  'local programs of one name are the own of each gateway: slots, and circuits',
  { skip: noRedis, timeout: 300_000 },
  async (t) => {
    const folder = testFolder(t);
    const config = (name: string) => ({
      providers: {
        own: {
          use: 'process',
          command: [process.execPath, '-e', PROGRAM],
          env: { PORT: '{port}', NAME: name, FOLDER: folder },
          start: 'boot',
          models: { own: 'own' },
          concurrency: 1,
        },
      },
      timeouts: { queue: '5m' },
      breaker: { failures: 1, first: '1m', longest: '1m', look: 0 },
      retry: { again: 0, attempts: 1, wait: 0 },
    });
    const first = await openFleet(t, config('one'), { count: 1 });
    const second = await openFleet(t, config('two'), { redis: first.redis, count: 1 });
    const [one, two] = [first.gateways[0], second.gateways[0]];
    await met([one, two]);
    const names = ['one', 'two'];
    const answers = [one, two].map((gateway) => gateway.chat({ model: 'own' }));
    await until(() => names.every((name) => existsSync(join(folder, `${name}-asked`))));
    writeFileSync(join(folder, 'go'), '');
    t.match(
      await Promise.all(answers),
      names.map((name) => ({ status: 200, text: new RegExp(`"${name}"`) })),
    );
    writeFileSync(join(folder, 'one-fails'), '');
    t.equal((await one.chat({ model: 'own' })).status, 500);
    t.notMatch(await first.redis.ask('HKEYS', 'switchyard:facts'), /own/);
    t.equal((await two.chat({ model: 'own' })).status, 200);
  },
);
