// What changes of the config leave behind: nothing.
import { getEventListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { successionOf } from '../../kits/feature-kit/index.ts';
import { Recording } from '../../server/recording.ts';
import { openSocket, startSocketUpstream } from '../socket-upstream.ts';
import { startSwitchyardFrom } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { startUpstream } from '../upstream/upstream.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function heap(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    collect();
    await setImmediate();
  }
  return process.memoryUsage().heapUsed;
}

/** Remembers each of its instances, and each app that its routes were registered in, as long as they live. */
const FEATURE = `
globalThis.made ??= [];
globalThis.apps ??= [];
globalThis.stopped ??= [];
export default {
  name: 'leaves',
  options: { type: 'object', properties: { n: {} } },
  create({ n }, { app }) {
    const own = { n, weight: new Array(100_000).fill(n) };
    made.push(new WeakRef(own));
    app.addHook('preClose', async () => void stopped.push(n));
    app.register(async (child) => {
      apps.push(new WeakRef(child));
      child.get('/leaves', async () => ({ n: own.n, weight: own.weight.length }));
    });
    return { close: () => undefined };
  },
};
`;

t.test('200 changes of features leave no app, no feature and no memory behind', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const folder = testFolder(t, { 'leaves.mjs': FEATURE });
  const write = (n: number): void =>
    writeFileSync(
      join(folder, 'switchyard.json'),
      JSON.stringify({
        discover: false,
        history: { enabled: false },
        plugins: ['./leaves.mjs'],
        leaves: { n: Math.floor(n / 2) },
        dashboard: { enabled: n % 2 === 0 },
        server: { bodyLimit: `${1 + (n % 3)}MiB` },
        providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: `m${n % 4}` } } },
      }),
    );
  write(0);
  const switchyard = await startSwitchyardFrom(t, folder);
  const change = async (n: number): Promise<void> => {
    write(n);
    await switchyard.gateway.settings.reload();
    if (n % 10 === 0) await switchyard.chat();
  };
  for (let n = 1; n <= 40; n++) await change(n);
  const before = await heap();
  for (let n = 41; n <= 240; n++) await change(n);
  t.match((await switchyard.ask('/leaves')).json(), { n: 120 });
  const after = await heap();
  const { made, apps, stopped } = globalThis as unknown as Record<'made' | 'apps', WeakRef<object>[]> & {
    readonly stopped: readonly number[];
  };
  const living = (all: readonly WeakRef<object>[]): number => all.filter((one) => one.deref()).length;
  t.ok(made.length >= 120 && apps.length >= 240, `${made.length} made, in ${apps.length} apps`);
  t.ok(living(made) <= 3, `${living(made)} features live`);
  t.ok(stopped.length >= made.length - 3, `${stopped.length} were told that they stop`);
  // The first app has the server.
  t.ok(living(apps) <= 4, `${living(apps)} apps live`);
  t.ok(after < 1.25 * before, `${before} bytes of heap, then ${after}`);
});

t.test('no change of the config leaves a feature or surface of the gateway behind', async (t) => {
  const upstream = await startSocketUpstream(t);
  const folder = testFolder(t, {});
  const write = (n: number): void =>
    writeFileSync(
      join(folder, 'switchyard.json'),
      JSON.stringify({
        discover: false,
        home: join(folder, 'home'),
        history: { enabled: true, keep: `${10 + (n % 3)}d` },
        traces: { keep: 200 + (n % 3) },
        cache: { enabled: n % 2 === 0 },
        dashboard: { enabled: n % 2 === 0 },
        limits: { answer: `${8 + (n % 3)}MiB` },
        server: { bodyLimit: `${1 + (n % 3)}MiB`, drain: `${10 + (n % 3)}s` },
        timeouts: { keepalive: `${10 + (n % 3)}s` },
        providers: {
          lab: {
            use: 'openai-compatible',
            baseUrl: upstream.url,
            apiKey: `key-${n % 3}`,
            surfaces: ['*', 'realtime-websocket', 'responses-websocket'],
          },
        },
      }),
    );
  write(0);
  const switchyard = await startSwitchyardFrom(t, folder);
  /** @param most more are given a while: a timer may hold what has ended some seconds longer */
  const leftAfter = async (
    changes: number,
    most = Infinity,
  ): Promise<{ plugins: number; listeners: number }> => {
    for (let n = 1; n <= changes; n++) {
      for (const path of ['realtime?model=m', 'responses']) {
        const client = openSocket(t, `${switchyard.url}/v1/${path}`);
        await client.opened;
        client.socket.close();
        await client.closed;
      }
      write(n);
      const { changed } = await switchyard.gateway.settings.reload();
      t.ok(changed.includes('traces') && changed.includes('providers'), `${n}: ${changed.join(', ')}`);
    }
    const { replaced } = successionOf(switchyard.gateway);
    for (let tries = 1; ; tries++) {
      await heap();
      const plugins = queryObjects(Recording, { format: 'count' });
      if (plugins <= most || tries === 60)
        return { plugins, listeners: getEventListeners(replaced, 'abort').length };
      await sleep(500);
    }
  };
  const few = await leftAfter(6);
  const more = await leftAfter(12, few.plugins);
  t.ok(more.plugins <= few.plugins, `${few.plugins} live after 6 changes, ${more.plugins} after 12 more`);
  t.equal(more.listeners, few.listeners, 'and as many wait for a takeover');
});
