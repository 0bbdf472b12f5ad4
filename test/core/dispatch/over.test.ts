/** What still waits when its caller leaves, or when the gateway ends all requests, starts nothing upstream. */
import t from 'tap';
import { bytesFrom, errorOf, gatewayInFront, post, until, upstream } from '../../in-front.ts';

t.test('requests that wait for a slot when all are ended get an error, and reach no upstream', async (t) => {
  const one = await upstream(t, 'one');
  const { promise: answers, resolve: answer } = Promise.withResolvers<void>();
  t.teardown(answer);
  one.behave('slow-first-byte', { until: answers });
  const switchyard = await gatewayInFront(t, { one }, { each: { concurrency: 1 } });
  const url = `${switchyard.url}/v1`;
  const asked = [1, 2, 3].map(() => bytesFrom(url, 'chat', { stream: false }));
  const { concurrency } = switchyard.gateway.upstreams.get('one')!;
  await until(
    () => concurrency!.waiting === 2,
    () => `${concurrency!.waiting} wait`,
  );
  switchyard.gateway.endAll();
  for (const { status, body } of await Promise.all(asked)) {
    t.equal(status, 503);
    t.match(errorOf(body.toString()), { code: 'shutting_down' });
  }
  t.equal(one.requests.filter(post).length, 1);
});
