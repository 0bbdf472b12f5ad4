import t from 'tap';
import { startSwitchyard } from '../../../../switchyard.ts';
import { openLab } from '../../../../lab.ts';
import { quirky } from '../../../../quirky-provider.ts';
import { startUpstream } from '../../../../upstream/upstream.ts';

t.test('a status that a provider declares is retried on another target', async (t) => {
  const other = await startUpstream({ text: ['from the other'] });
  t.teardown(() => other.close());
  for (const [retryStatuses, status] of [
    [[400], 200],
    [[], 400],
  ] as const) {
    const one = await startUpstream();
    t.teardown(() => one.close());
    const switchyard = await startSwitchyard(t, {
      providers: {
        one: { use: quirky, baseUrl: one.url, models: { m: 'm' }, quirks: { retryStatuses } },
        other: { use: 'openai-compatible', baseUrl: other.url, models: { m: 'm' } },
      },
      models: {
        m: { strategy: { use: 'round-robin' }, targets: [{ provider: 'one' }, { provider: 'other' }] },
      },
    });
    one.behave('status', { code: 400, body: { detail: 'Expecting value' } });
    const answer = await switchyard.chat();
    t.equal(answer.status, status);
    if (status === 400) t.match(answer.json(), { error: { message: 'one answered 400: Expecting value' } });
  }
});

t.test("a refusal in a shape of its own gets OpenAI's", async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: { use: quirky, quirks: { tidy: true } } });
  const shapes: readonly [body: object | string, text: RegExp][] = [
    [{ detail: 'Not authenticated' }, /^lab answered 418: Not authenticated$/],
    [{ detail: [{ loc: ['body'], msg: 'Field required' }] }, /Field required/],
    [{ detail: { error: { message: 'no token', type: 'api_error' } } }, /no token/],
    [{ error: 'Invalid API key' }, /Invalid API key/],
    [{ message: 'go away' }, /go away/],
    [{ detail: '' }, /an error without a text/],
    ['Upstream error\n', /Upstream error/],
  ];
  for (const [body, message] of shapes) {
    upstream.behaveOnce('status', { code: 418, body });
    const answer = await switchyard.chat();
    t.equal(answer.status, 418);
    t.match(answer.json(), {
      error: { message, type: 'invalid_request_error', param: null, code: 'upstream_status' },
    });
  }
  const own = { error: { code: 'TOKEN_ERROR', details: [], message: 'none left', type: 'server_error' } };
  upstream.behaveOnce('status', { code: 418, body: own });
  t.strictSame((await switchyard.chat()).json(), own, 'what is said in the right shape stays');
});
