import t, { type Test } from 'tap';
import type { Context } from '../../../core/contracts/index.ts';
import { startUpstream } from '../../upstream/upstream.ts';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { talker, until } from '../../plugins/supervisor/talkers.ts';
import { testFolder } from '../../test-folder.ts';

/** What the operator's plugins of one gateway have heard. */
interface Heard {
  events: string[];
  isClosed: boolean;
  /** subscribes to the end of requests, whenever it is called */
  subscribe: (listener: (context: Context) => void) => void;
}

declare global {
  var heardBy: Record<string, Heard>;
}
globalThis.heardBy = {};

/** An operator's plugin that writes down all that it hears, and whether it was closed before. */
const listening = `export default { name: 'listening', options: { type: 'object', properties: { as: { type: 'string' } } },
  create({ as }, { events }) {
    const heard = { events: [], isClosed: false, subscribe: (listener) => events.onEnd(listener) };
    globalThis.heardBy[as] = heard;
    const told = (event) => heard.events.push(heard.isClosed ? event + ' after its close' : event);
    events.onRequest(({ call }) => told('request ' + call.model));
    events.onAttempt(({ outcome }) => told('attempt ' + outcome));
    events.onEnd(({ trace }) => told('end ' + trace.ending));
    events.onProviderState((name, { state }) => told(name + ' ' + state));
    events.onConfig(() => told('config'));
    return { close: () => { heard.isClosed = true; } };
  } };`;

/** A plugin with listeners that all fail: by what they throw, or by the promise that they return. */
const failing = `const fail = () => { throw new Error('on purpose'); };
  const reject = async () => fail();
  export default { name: 'failing', options: { type: 'object' }, create(options, { events }) {
    events.onRequest((context, sink) => { sink.observe?.(fail); fail(); });
    events.onRequest(reject);
    events.onAttempt(reject);
    events.onEnd(fail);
    events.onConfig(reject);
  } };`;

async function gatewayOf(t: Test, as: string, more: Record<string, unknown> = {}): Promise<Switchyard> {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const folder = testFolder(t, { home: {}, 'failing.ts': failing, 'listening.ts': listening });
  return startSwitchyard(t, {
    home: `${folder}/home`,
    plugins: [`${folder}/failing.ts`, `${folder}/listening.ts`],
    listening: { as },
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } } },
    ...more,
  });
}

t.test(
  'what a listener throws is logged with its plugin, and disturbs neither answers nor others',
  async (t) => {
    const switchyard = await gatewayOf(t, 'throwing');
    for (const stream of [false, true]) {
      const answer = await switchyard.chat({ stream });
      t.equal(answer.status, 200);
      t.equal(answer.broken, false);
    }
    await switchyard.ask('/config/load-balancing?strategy=random', { method: 'POST' });
    const each = ['request m', 'attempt answered', 'end complete'];
    t.strictSame(globalThis.heardBy.throwing?.events, [...each, ...each, 'config']);
    for (const event of ['onRequest', 'onAttempt', 'onEnd', 'onConfig'])
      t.ok(
        switchyard.log.some(
          (line) =>
            line.includes(`its listener of ${event} failed`) &&
            line.includes('feature failing') &&
            line.includes('on purpose'),
        ),
        event,
      );
  },
);

t.test('a plugin gets events of its own gateway only, and none once it is closed', async (t) => {
  const lab = { ...talker('local'), start: 'boot' };
  const one = await gatewayOf(t, 'one', { providers: { local: lab } });
  const other = await gatewayOf(t, 'other');
  const [first, second] = [globalThis.heardBy.one as Heard, globalThis.heardBy.other as Heard];
  await until(() => first.events.includes('local healthy'));
  await one.close();
  t.ok(first.isClosed);
  t.equal(one.gateway.upstreams.get('local')?.process?.state, 'stopped', 'it was stopped with the gateway');
  const heard = [...first.events];
  let late = 0;
  first.subscribe(() => late++);
  await other.chat();
  t.strictSame(first.events, heard);
  t.strictSame(
    heard.filter((event) => event.endsWith('after its close')),
    [],
  );
  t.equal(late, 0, 'nor does it hear of anything that it subscribes to then');
  t.strictSame(second.events, ['request m', 'attempt answered', 'end complete']);
});
