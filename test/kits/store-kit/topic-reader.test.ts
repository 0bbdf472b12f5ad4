import { EventEmitter, once } from 'node:events';
import t, { type Test } from 'tap';
import { CHANNEL } from '../../../kits/store-kit/session.ts';
import { SharedStore } from '../../../kits/store-kit/shared-store.ts';
import { TopicReader } from '../../../kits/store-kit/topic-reader.ts';
import { noPostgres, postgresServer } from '../../postgres.ts';

const skip = noPostgres;
const timeout = 120_000;
const log = { warn: () => undefined, info: () => undefined };
const server = skip ? undefined : await postgresServer(t);
const notify = (topic: string): Promise<unknown> => server!.ask('SELECT pg_notify($1, $2)', [CHANNEL, topic]);

/** A store whose first beat is over, and what a reader of it has done. */
async function opened(t: Test, read: () => Promise<void> = async () => undefined) {
  const store = await SharedStore.open({ settings: { url: server!.url, pool: 1 }, log });
  const happened = new EventEmitter();
  let beats = 0;
  let reads = 0;
  const reader = new TopicReader(store, 'mine', async () => {
    reads++;
    happened.emit('read');
    await read();
  });
  // After the reader's own listener.
  store.onBeat(() => {
    beats++;
    happened.emit('beat');
  });
  t.teardown(() => store.close());
  return { store, reader, happened, count: () => ({ beats, reads }) };
}

t.test('it reads at a notification of its topic, not of another', { skip, timeout }, async (t) => {
  const { happened, count } = await opened(t);
  await once(happened, 'beat');
  await notify('other');
  const read = once(happened, 'read');
  await notify('mine');
  await read;
  const { beats, reads } = count();
  t.equal(reads, 1 + Math.floor(beats / 5));
});

t.test('without a notification it reads at every fifth beat', { skip, timeout }, async (t) => {
  const { happened, count } = await opened(t);
  const beats: number[] = [];
  happened.on('read', () => beats.push(count().beats));
  while (count().beats < 11) await once(happened, 'beat');
  t.strictSame(beats, [5, 10]);
});

t.test('it reads when PostgreSQL is reachable again', { skip, timeout }, async (t) => {
  const { store, happened, count } = await opened(t);
  await once(happened, 'beat');
  const atFound = new Promise<number>((resolve) => void store.onFound(() => resolve(count().beats)));
  const atRead = new Promise<number>((resolve) => void happened.once('read', () => resolve(count().beats)));
  await server!.ask(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query <> '' AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
  t.ok((await atRead) - (await atFound) <= 1, 'at once, not at the next interval');
});

t.test('one read runs, and one waits for it, however many are due', { skip, timeout }, async (t) => {
  const gate = Promise.withResolvers<void>();
  const { reader, count } = await opened(t, () => gate.promise);
  const asked = [reader.read()];
  await Promise.resolve();
  for (let nth = 0; nth < 3; nth++) asked.push(reader.read());
  t.equal(count().reads, 1);
  gate.resolve();
  await Promise.all(asked);
  t.equal(count().reads, 2);
});

t.test('a closed reader reads no more', { skip, timeout }, async (t) => {
  const { reader, happened, count } = await opened(t);
  reader.close();
  await notify('mine');
  while (count().beats < 6) await once(happened, 'beat');
  t.equal(count().reads, 0);
});
