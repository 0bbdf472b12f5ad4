import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { Journal } from '../../plugins/events/journal.ts';
import { startSwitchyard, type Switchyard, type Parsed } from '../switchyard.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';

/** ms; the machine may be busy */
const PATIENCE = 90_000;

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: Parsed;
}

/** A reader of a gateway's events. */
class Client {
  readonly events: Event[] = [];
  pings = 0;
  ended = false;
  readonly response: IncomingMessage;

  constructor(response: IncomingMessage) {
    this.response = response;
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop() as string;
      for (const block of blocks) this.#take(block);
    });
    response.on('close', () => (this.ended = true));
    response.on('error', () => undefined);
  }

  of(event: string): Event[] {
    return this.events.filter((one) => one.event === event);
  }

  /** Settles once that many of a kind have come. */
  async seen(event: string, count = 1): Promise<Event[]> {
    await until(() => this.of(event).length >= count, `${count} × ${event}`);
    return this.of(event);
  }

  #take(block: string): void {
    if (block.startsWith(':')) return void this.pings++;
    const [, id = '', event = '', data = ''] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
    this.events.push({ id, event, data: JSON.parse(data) });
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function read(
  t: Test,
  { url }: Switchyard,
  headers: Record<string, string> = {},
  query = '',
): Promise<Client> {
  const asked = httpRequest(`${url}/events${query}`, { agent: false, headers });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  t.equal(response.statusCode, 200);
  t.teardown(() => response.destroy());
  return new Client(response);
}

async function start(
  t: Test,
  config: Record<string, unknown> = {},
): Promise<{ switchyard: Switchyard; one: Upstream }> {
  const one = await startUpstream({ name: 'one', interval: 0 });
  t.teardown(() => one.close());
  const provider = { use: 'openai-compatible', baseUrl: one.url, models: { m: 'm' } };
  const switchyard = await startSwitchyard(t, { providers: { one: provider }, ...config });
  return { switchyard, one };
}

const numberOf = ({ id }: Event): number => Number(id.split('.')[1]);

t.test('ended requests come with the numbers of their second, to all readers', async (t) => {
  const { switchyard } = await start(t);
  const clients = [await read(t, switchyard), await read(t, switchyard)];
  t.match(clients[0]!.response.headers, {
    'content-type': /^text\/event-stream/,
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  for (let at = 0; at < 6; at++) await switchyard.chat({ stream: at % 2 === 0 });
  for (const client of clients) {
    const [hello] = await client.seen('hello');
    t.match(hello?.data, { boot: String, version: String, resumed: false, at: String });
    t.equal(client.events[0], hello, 'first of all');
    const told = () => client.of('requests').flatMap(({ data }) => data.data);
    await until(() => told().length === 6, 'six requests');
    t.match(told()[0], { id: /^req_/, ending: 'complete', provider: 'one', attempts: 1 });
    const sum = (name: string) => client.of('tick').reduce((all, { data }) => all + data[name], 0);
    await until(() => sum('requests') === 6, 'six in the ticks');
    t.equal(sum('errors'), 0);
    const tick = client.of('tick').find(({ data }) => data.requests > 0);
    t.match(tick?.data.providers.one, { state: 'available', out: [], memory: null, cpu: null, ttft: Number });
    t.equal(tick?.data.shares['one/m'], tick?.data.requests);
  }
});

t.test('a block of a target is an event, and so is its end', async (t) => {
  const { switchyard, one } = await start(t, { breaker: { failures: 1, first: '20s' }, retry: { again: 0 } });
  const client = await read(t, switchyard);
  await client.seen('hello');
  one.behaveOnce('status-500');
  await switchyard.chat();
  const [out] = await client.seen('targets');
  t.strictSame(out?.data, { data: [{ target: 'one/m', out: ['breaker'] }] });
  await switchyard.ask('/targets/one/m/reset', { method: 'POST' });
  const [, back] = await client.seen('targets', 2);
  t.strictSame(back?.data, { data: [{ target: 'one/m', out: [] }] });
});

t.test('so is a block of an unlisted model', async (t) => {
  const breaker = { failures: 1, first: '20s' };
  const one = await startUpstream({ name: 'one', interval: 0 });
  t.teardown(() => one.close());
  const providers = { one: { use: 'openai-compatible', baseUrl: one.url } };
  const switchyard = await startSwitchyard(t, { providers, breaker, retry: { again: 0 } });
  const client = await read(t, switchyard);
  await client.seen('hello');
  t.equal((await switchyard.chat({ model: 'good' })).status, 200);
  one.behaveOnce('status-500');
  await switchyard.chat({ model: 'odd' });
  const [out] = await client.seen('targets');
  t.strictSame(out?.data, { data: [{ target: 'one/odd', out: ['breaker'] }] });
});

t.test('a reader that reconnects misses nothing and sees nothing twice', async (t) => {
  const { switchyard } = await start(t);
  const first = await read(t, switchyard);
  await switchyard.chat();
  await first.seen('requests');
  first.response.destroy();
  const last = first.events.at(-1) as Event;
  const witness = await read(t, switchyard);
  for (let count = 1; count <= 4; count++) {
    await switchyard.chat();
    await witness.seen('requests', count);
  }
  for (const [headers, query] of [
    [{ 'last-event-id': last.id }, ''],
    [{}, `?since=${last.id}`],
  ] as const) {
    const second = await read(t, switchyard, headers, query);
    await second.seen('requests', 4);
    t.match(second.events[0], { event: 'hello', data: { resumed: true }, id: last.id });
    const numbers = second.events.slice(1).map(numberOf);
    t.strictSame(
      numbers,
      numbers.map((_, at) => numberOf(last) + 1 + at),
      'without a gap',
    );
  }
  const all = await read(t, switchyard);
  for (const id of ['another-boot.3', `${last.id.split('.')[0]}.999999`, 'nonsense']) {
    const stranger = await read(t, switchyard, { 'last-event-id': id });
    const [hello] = await stranger.seen('hello');
    t.equal(hello?.data.resumed, false, id);
    t.ok(numberOf(hello as Event) >= numberOf(all.events[0] as Event));
  }
});

t.test('a flood of requests is sent in part and counted', async (t) => {
  const { switchyard } = await start(t);
  const client = await read(t, switchyard);
  await Promise.all(Array.from({ length: 200 }, () => switchyard.chat()));
  const total = () =>
    client.of('requests').reduce((sum, { data }) => sum + data.data.length + data.skipped, 0);
  await until(() => total() === 200, '200 requests, told or counted');
  for (const { data } of client.of('requests')) t.ok(data.data.length <= 50);
});

t.test("a process's changes are events", async (t) => {
  const program = `
    require('http').createServer((_, response) => response.end('{}')).listen(process.env.PORT, '127.0.0.1')`;
  const mine = {
    use: 'process',
    command: [process.execPath, '-e', program],
    env: { PORT: '{port}' },
    start: 'manual',
    models: { own: 'own' },
  };
  const { switchyard } = await start(t, { providers: { mine } });
  const client = await read(t, switchyard);
  await switchyard.ask('/providers/mine/start', { method: 'POST' });
  await until(() => client.of('provider').at(-1)?.data.state === 'healthy', 'healthy');
  t.match(client.of('provider')[0]?.data, { name: 'mine', state: 'starting', reason: String, at: String });
  await switchyard.ask('/providers/mine/stop', { method: 'POST' });
  await until(() => client.of('provider').at(-1)?.data.state === 'stopped', 'stopped');
});

t.test('overrides of the config are events', async (t) => {
  const { switchyard } = await start(t);
  const client = await read(t, switchyard);
  await switchyard.ask('/config/load-balancing?strategy=random', { method: 'POST' });
  t.match(await client.seen('config'), [{ data: { changes: 1 } }]);
});

t.test('a slow reader costs no memory, learns that it has missed events, and delays no other', async (t) => {
  const { switchyard } = await start(t);
  const sockets: Socket[] = [];
  switchyard.app.server.on('connection', (socket: Socket) => sockets.push(socket));
  const slow = await read(t, switchyard);
  const quick = await read(t, switchyard);
  await slow.seen('hello');
  slow.response.pause();
  // More than any socket takes, as one event after the other.
  const { gateway } = switchyard;
  const { providerState } = gateway.events;
  const change = { atEpochMs: Date.now(), state: 'healthy' as const, reason: 'x'.repeat(50_000) };
  let most = 0;
  for (let at = 0; at < 600; at++) {
    providerState.emit(`p${at}`, change);
    most = Math.max(most, ...sockets.map(({ writableLength }) => writableLength));
    // Half a MiB at a time, which the quick one is to have read.
    if (at % 10 === 9) await quick.seen('provider', at + 1);
  }
  t.ok(most < 2 ** 20, `${most} bytes wait of 30 MB`);
  await quick.seen('provider', 600);
  slow.response.resume();
  await slow.seen('hello', 2);
  t.match(slow.of('hello')[1]?.data, { resumed: false });
  providerState.emit('the last', { ...change, reason: 'short' });
  await until(() => slow.of('provider').at(-1)?.data.name === 'the last', 'it goes on with what comes');
  const numbers = slow.events.map(numberOf);
  t.strictSame(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
});

t.test('readers learn that the gateway stops, and do not delay it', async (t) => {
  const { switchyard } = await start(t);
  const client = await read(t, switchyard);
  const stuck = await read(t, switchyard);
  await client.seen('hello');
  stuck.response.pause();
  await switchyard.close();
  await until(() => client.ended, 'the stream ends');
  t.equal(client.events.at(-1)?.event, 'closing');
});

t.test('events kept for reconnecting readers are bounded in number and in bytes', (t) => {
  const few = new Journal('b', { events: 3, bytes: 1_000_000 });
  for (let at = 0; at < 10; at++) few.add('tick', {});
  t.strictSame(
    few.after(7)?.map(({ n }) => n),
    [8, 9, 10],
  );
  t.strictSame(few.after(10), []);
  t.equal(few.after(6), undefined);
  t.equal(few.after(11), undefined);
  const small = new Journal('b', { events: 1_000, bytes: 1_000 });
  for (let at = 0; at < 10; at++) small.add('tick', 'x'.repeat(300));
  t.equal(small.after(8)?.length, 2);
  t.equal(small.after(5), undefined);
  t.end();
});

t.test("a HEAD request gets its head, and takes no reader's place", async (t) => {
  const switchyard = await startSwitchyard(t, {});
  for (let time = 0; time < 250; time++) {
    const { status, headers, text } = await switchyard.ask('/events', { method: 'HEAD' });
    if (status !== 200 || text !== '' || !/event-stream/.test(headers['content-type'] ?? ''))
      return void t.fail(`${status} ${text}`);
  }
  t.equal((await switchyard.ask('/v1/models', { method: 'HEAD' })).status, 200);
});
