import t from 'tap';
import type { Test } from 'tap';
import { Agent, request } from 'undici';
import { startCommand } from '../command.ts';
import { startUpstream } from '../upstream/upstream.ts';

/** As `npm start` sets them: collections of what is new come every thousand requests, of everything not in this test. */
const HEAP = ['--min-semi-space-size=16', '--max-semi-space-size=32', '--initial-old-space-size=256'];
/** The process says how many bytes have outlived a collection whenever it is asked. */
const TELLS = `--import=data:text/javascript,${encodeURIComponent(`
  import { getHeapSpaceStatistics } from 'node:v8';
  import { isMainThread } from 'node:worker_threads';
  const old = () => getHeapSpaceStatistics().filter(({ space_name }) => !space_name.startsWith('new_')).reduce((sum, { space_used_size }) => sum + space_used_size, 0);
  if (isMainThread) process.on('SIGUSR2', () => process.stderr.write('old ' + old() + '\\n'));
`)}`;
const REQUESTS = 3_200;

/** Bytes of each request that are still there when it and all that it needed are over. */
async function outlived(t: Test, providers: number): Promise<number> {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const provider = { use: 'openai-compatible', baseUrl: upstream.url };
  const command = startCommand(t, {
    flags: [...HEAP, TELLS],
    config: {
      discover: false,
      server: { port: 0 },
      providers: Object.fromEntries(Array.from({ length: providers }, (_, n) => [`p${n}`, provider])),
      models: { m: { targets: [{ provider: 'p0', model: 'm' }] } },
    },
  });
  const url = await command.url;
  const dispatcher = new Agent({ connections: 16 });
  t.teardown(() => dispatcher.close());
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'y'.repeat(900) }] });
  const headers = { 'content-type': 'application/json' };
  const ask = async (count: number): Promise<void> => {
    const one = async (): Promise<void> => {
      for (let left = count / 16; left > 0; left--) {
        const options = { method: 'POST', headers, body, dispatcher } as const;
        const { statusCode, body: answer } = await request(`${url}/v1/chat/completions`, options);
        await answer.dump();
        if (statusCode !== 200) throw new Error(`it answered ${statusCode}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, one));
  };
  let told = 0;
  const old = async (): Promise<number> => {
    command.child.kill('SIGUSR2');
    for (;;) {
      const all = [...command.stderr.matchAll(/^old (\d+)$/gm)];
      if (all.length > told) return Number(all[told++]![1]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await ask(REQUESTS);
  const before = await old();
  await ask(REQUESTS);
  const bytes = ((await old()) - before) / REQUESTS;
  command.child.kill();
  await command.ended;
  return bytes;
}

t.test('little of a request outlives it, with however many providers', async (t) => {
  for (const providers of [1, 8]) {
    const bytes = await outlived(t, providers);
    t.comment(`${providers} providers: ${Math.round(bytes)} bytes a request`);
    t.ok(bytes > 0 && bytes < 1_500, `${providers} providers: ${Math.round(bytes)} bytes`);
  }
});
