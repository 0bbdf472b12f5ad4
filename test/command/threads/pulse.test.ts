// A thread whose event loop turns no more.
import t from 'tap';
import { begin, hold, isWhole } from './fallen.ts';
import { ask, bringDown, chat, json } from './gateway.ts';

t.test('a thread that turns no more is ended, and what it alone was to find out is open again', async (t) => {
  const { upstream, gateway } = await begin(t, {
    breaker: { failures: 1, first: '100ms', longest: '600s' },
    retry: { attempts: 1 },
    timeouts: { queue: '60s' },
  });
  const { url } = gateway;
  upstream.behave('status-500');
  await (await chat(url)).body.dump();
  hold(t, upstream, 'slow-finish');
  // The trial is sent by the thread that will be gone.
  let trial: string | undefined;
  while (trial === undefined) {
    const asked = await chat(url, { stream: true });
    if (asked.statusCode === 200 && asked.headers['x-thread'] !== '0') {
      trial = String(asked.headers['x-switchyard-request-id']);
      asked.body.on('error', () => undefined);
    } else asked.body.on('error', () => undefined).destroy();
  }
  const shown = async (): Promise<string> => (await ask(`${url}/providers/lab`)).body.text();
  while (!/being tried again/.test(await shown()));
  await bringDown('hang', gateway, 'n');
  t.notMatch(await shown(), /being tried again/, 'the next request is the trial');
  t.match(await json(`${url}/requests/${trial}`), { ending: 'cut', reason: 'internal' });
  upstream.behave('ok');
  await isWhole(t, gateway, /^it has not answered for 10 s$/);
});
