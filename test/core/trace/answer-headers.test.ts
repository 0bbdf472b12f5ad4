import t from 'tap';
import { bytesFrom, gatewayInFront, rawUpstream, surfaceNames } from '../../in-front.ts';
import { ask, chunk, DONE, start } from '../relay/streams.ts';

t.test('headers of one connection stay behind, those of the answer go on', async (t) => {
  const { switchyard, one } = await start(t);
  one.behave('hop-by-hop');
  for (const stream of [true, false]) {
    const { headers } = await ask(switchyard, 'chat', { stream });
    t.match(headers, {
      'x-end-to-end': 'for the client',
      'x-upstream': 'one',
      'x-switchyard-provider': 'one',
    });
    for (const name of [
      'x-hop-named',
      'proxy-authenticate',
      'proxy-connection',
      'te',
      'trailer',
      'upgrade',
    ]) {
      t.notHas(headers, name);
    }
  }
});

t.test(
  'a proxy in front is told to pass a stream on at once, unless the upstream said otherwise',
  async (t) => {
    const { switchyard, one } = await start(t);
    for (const surface of surfaceNames) {
      one.behave('ok');
      t.match((await ask(switchyard, surface)).headers, { 'x-accel-buffering': 'no' }, surface);
      t.notHas((await ask(switchyard, surface, { stream: false })).headers, 'x-accel-buffering', surface);
      one.behave('status', {
        code: 200,
        contentType: 'application/json',
        body: (await bytesFrom(one.url, surface, { stream: false })).body.toString(),
      });
      t.match(
        (await ask(switchyard, surface)).headers,
        { 'x-accel-buffering': 'no' },
        `${surface}, made of JSON`,
      );
      one.behave('status', {
        code: 200,
        contentType: 'text/event-stream',
        headers: { 'x-accel-buffering': 'yes' },
        body: chunk(0, 'a', 'stop') + DONE,
      });
      if (surface !== 'responses')
        t.match(
          (await ask(switchyard, surface)).headers,
          { 'x-accel-buffering': 'yes' },
          `${surface}, as it was said`,
        );
    }
    one.behaveWhen(({ path }) => path.endsWith('/events'), 'status', {
      code: 200,
      contentType: 'text/event-stream',
      body: 'data: {}\n\n',
    });
    const passed = await switchyard.ask('/v1/fine_tuning/jobs/1/events');
    t.match(passed.headers, { 'x-accel-buffering': 'no' }, 'of a path that is only passed on');
  },
);

t.test('a repeated header, or one with non-ASCII bytes, does no harm', async (t) => {
  const answer = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nretry-after: 1\r\nretry-after: 2\r\nx-said: ${Buffer.from('世界').toString('latin1')}\r\nx-request-id: a\r\nx-request-id: b\r\n\r\n${chunk(0, 'a')}${DONE}`;
  const one = await rawUpstream(t, answer);
  const switchyard = await gatewayInFront(t, { one });
  const { status, headers, body } = await ask(switchyard, 'chat');
  t.equal(status, 200);
  t.equal(body.toString(), chunk(0, 'a') + DONE);
  t.match(headers, { 'x-said': String });
});
