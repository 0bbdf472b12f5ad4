import { once } from 'node:events';
import t from 'tap';
import { StoreThread } from '../../../kits/store-kit/store-thread.ts';

interface Store {
  echo(text: string): string;
}

const serve = new URL('../../../kits/store-kit/serve-store.ts', import.meta.url).href;
const broken = 'throw new Error("no such package")';
const good = `
  import { serveStore } from ${JSON.stringify(serve)};
  serveStore(() => ({ echo: (text) => text, close() {} }));`;
/** Takes a moment to close its file, and says so. */
const slow = `
  import { setTimeout } from 'node:timers/promises';
  import { serveStore } from ${JSON.stringify(serve)};
  serveStore((settings, say) => ({
    echo: (text) => text,
    async close() {
      say('closes');
      await setTimeout(100);
    },
  }));`;

const opened = (text: string, restAfter?: number): StoreThread<Store> => {
  const module = new URL(`data:text/javascript,${encodeURIComponent(text)}`);
  const rests = restAfter === undefined ? {} : { restAfter };
  return new StoreThread<Store>({ name: 'test', module, settings: {}, say: () => undefined, ...rests });
};

// A store's thread does not keep the process.
const alive = setInterval(() => undefined, 1_000);
t.teardown(() => clearInterval(alive));

t.test('a call after a thread has died tells why the next one died, too', async (t) => {
  const thread = opened(broken);
  for (let nth = 1; nth <= 3; nth += 1)
    await t.rejects(thread.ask('echo', 'hi'), { message: 'no such package' }, `call ${nth}`);
});

t.test('a call is answered, and the thread is closed', async (t) => {
  const thread = opened(good);
  t.equal(await thread.ask('echo', 'hi'), 'hi');
  await thread.close();
});

t.test('a thread without calls ends, and the next call starts another', async (t) => {
  const thread = opened(good, 1);
  for (let nth = 1; nth <= 3; nth += 1) {
    t.equal(await thread.ask('echo', `call ${nth}`), `call ${nth}`);
    const worker = thread.open();
    await once(worker, 'exit');
  }
  await thread.close();
});

t.test('calls that arrive while a thread closes its file are answered in order by the next', async (t) => {
  const thread = opened(slow, 1);
  await thread.ask('echo', 'first');
  const worker = thread.open();
  const answers: string[] = [];
  // It says that it closes.
  await once(worker, 'message');
  const calls = ['a', 'b', 'c'].map((text) =>
    thread.ask('echo', text).then((answer) => answers.push(answer)),
  );
  await thread.close();
  await Promise.all(calls);
  t.strictSame(answers, ['a', 'b', 'c']);
  t.not(thread.open(), worker);
  await thread.close();
});
