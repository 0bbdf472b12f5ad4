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

const opened = (text: string): StoreThread<Store> => {
  const module = new URL(`data:text/javascript,${encodeURIComponent(text)}`);
  return new StoreThread<Store>({ name: 'test', module, settings: {}, say: () => undefined });
};

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
