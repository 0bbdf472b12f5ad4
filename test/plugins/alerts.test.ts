import { createHmac } from 'node:crypto';
import t, { type Test } from 'tap';
import { ErrorRate } from '../../plugins/alerts/error-rate.ts';
import { Conditions } from '../../plugins/alerts/conditions.ts';
import { budgetNews } from '../../kits/feature-kit/index.ts';
import { bodyOf } from '../../plugins/alerts/payload.ts';
import { run } from '../command/run.ts';
import { Inbox } from '../inbox.ts';
import { openLab, type LabParts } from '../lab.ts';
import { noRedis, redisServer } from '../redis.ts';

const open = (t: Test, alerts: Record<string, unknown>, parts: LabParts = {}) =>
  openLab(t, {
    ...parts,
    config: {
      retry: { again: 0, attempts: 1 },
      alerts: { retry: { first: '5ms' }, ...alerts },
      ...parts.config,
    },
  });

const SECRET = 'a secret of the webhook';

t.test('a circuit that opens, a provider that is down and their recovery are alerts, signed', async (t) => {
  const inbox = await Inbox.open(t);
  const slack = await Inbox.open(t);
  const { upstream, switchyard } = await open(
    t,
    {
      webhooks: [
        { url: inbox.url, secret: SECRET },
        { url: slack.url, format: 'slack', only: ['provider_down'] },
      ],
    },
    { config: { breaker: { failures: 2, first: '2s', minimum: 1000 } }, provider: { models: { m: 'm' } } },
  );
  upstream.behave('status-500');
  for (let time = 0; time < 2; time++) await switchyard.chat();
  const opened = await inbox.seen('circuit_open');
  t.match(opened.json, {
    id: /^alert_/,
    subject: 'lab/m',
    message: /requests go past lab\/m: .*500/,
    at: String,
  });
  t.match((await inbox.seen('provider_down')).json, { subject: 'lab', details: { state: 'blocked' } });
  t.match(await slack.seen('provider_down'), {
    json: { text: /^\*Switchyard: provider_down\*\nlab cannot answer/ },
  });

  upstream.behave('ok');
  for (;;) if ((await switchyard.chat()).status === 200 && inbox.of('circuit_closed').length > 0) break;
  t.match((await inbox.seen('provider_up')).json, { subject: 'lab', message: 'lab answers again' });
  t.match((await inbox.seen('circuit_closed')).json, { subject: 'lab/m' });
  for (const { headers, text } of inbox.got) {
    const time = headers['x-switchyard-timestamp'];
    const digest = createHmac('sha256', SECRET)
      .update(`${String(time)}.${text}`)
      .digest('hex');
    t.equal(headers['x-switchyard-signature'], `sha256=${digest}`);
    t.ok(Math.abs(Number(time) - Date.now() / 1_000) < 300);
  }
  t.equal(inbox.of('circuit_open').length, 1, 'once');
  t.same(slack.got.length, 1, 'only what it asked for');
  t.equal(slack.got[0]?.headers['x-switchyard-signature'], undefined);
});

t.test('an alert that is not taken is sent again, and one that is refused is not', async (t) => {
  const inbox = await Inbox.open(t);
  const { upstream, switchyard } = await open(t, {
    webhooks: [{ url: inbox.url }],
    errorRate: { minimum: 4, rate: 0.5 },
  });
  inbox.statuses = [503, 429, 200];
  upstream.behave('status-500');
  for (let time = 0; time < 4; time++) await switchyard.chat();
  const last = await inbox.seen('error_rate_high', 3);
  t.match(last.json, { subject: 'requests', details: { requests: 4, failed: 4 } });
  t.equal(new Set(inbox.of('error_rate_high').map(({ json }) => json.id)).size, 1, 'the same alert');
  const state = async () => (await switchyard.ask('/alerts')).json().webhooks[0];
  while ((await state()).sent === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  t.match(await state(), { sent: 1, failed: 0, dropped: 0, waiting: 0, lastError: null });
});

t.test('a test alert goes to each webhook at once, and says which one failed', async (t) => {
  const [good, bad] = [await Inbox.open(t), await Inbox.open(t)];
  bad.statuses = [404, 404, 404];
  const { switchyard } = await open(t, { webhooks: [{ url: good.url, only: ['budget'] }, { url: bad.url }] });
  const answer = await switchyard.ask('/alerts/test', { method: 'POST' });
  t.match(answer.json(), {
    ok: false,
    results: [
      { ok: true, error: null },
      { ok: false, error: /404/ },
    ],
  });
  t.match(good.got[0]?.json, { type: 'test' });
  const alerts = (...words: string[]) =>
    run(['alerts', ...words], { env: { SWITCHYARD_URL: switchyard.url } });
  t.match(await alerts('test'), { code: 1, stdout: /sent\t-\n.*failed\tit answered 404/ });
  t.match(await alerts(), { code: 0, stdout: /127\.0\.0\.1:\d+\t0\t0\t0\t0\t-/ });
  t.match(await alerts('toast'), { code: 2, stderr: /'toast' is not test/ });
  t.equal(bad.got.length, 2, 'a refusal is final');
  for (const path of ['/alerts', '/config']) t.notMatch((await switchyard.ask(path)).text, /planted-token/);
  t.notMatch(switchyard.log.join(''), /planted-token/);
});

t.test('a spent share of a budget is an alert', async (t) => {
  const inbox = await Inbox.open(t);
  const { switchyard } = await open(t, { webhooks: [{ url: inbox.url }] });
  const news = {
    budget: 'key app, this month',
    percent: 80,
    spent: 8.1,
    most: 10,
    id: 'b:0',
    endsEpochMs: 1,
  };
  budgetNews(switchyard.gateway).emit(news, undefined);
  t.match((await inbox.seen('budget')).json, {
    subject: 'key app, this month',
    message: '80 % of the budget of key app, this month is spent',
    details: { percent: 80, spent: 8.1, most: 10 },
  });
});

t.test('without webhooks nothing is watched', async (t) => {
  const { switchyard } = await openLab(t);
  t.same((await switchyard.ask('/alerts')).json(), { webhooks: [] });
  const alerts = await run(['alerts', 'test'], { env: { SWITCHYARD_URL: switchyard.url } });
  t.match(alerts, { code: 1, stderr: /there is no webhook/ });
});

t.test('a message for Slack pings no member that stands in it', (t) => {
  const alert = {
    id: 'a',
    type: 'budget',
    subject: 's',
    message: '<!channel> & <@U1>',
    atEpochMs: 0,
  } as const;
  const { text } = JSON.parse(bodyOf(alert, 'slack'));
  t.equal(text, '*Switchyard: budget*\n&lt;!channel&gt; &amp; &lt;@U1&gt;');
  t.end();
});

t.test('a problem that comes and goes is reported at intervals, and not if it is over by then', (t) => {
  const told: string[] = [];
  const conditions = new Conditions(({ message }) => void told.push(message), 100);
  const report = (isBad: boolean, at: number) =>
    conditions.report('x', isBad, at, () => ({ type: 'budget', subject: 'x', message: `${isBad} at ${at}` }));
  t.equal(report(false, 0), true);
  for (const [isBad, at] of [
    [true, 1],
    [true, 2],
    [false, 3],
    [true, 4],
    [false, 5],
    [true, 6],
  ] as const)
    report(isBad, at);
  t.same(told, ['true at 1', 'false at 3']);
  report(true, 102);
  t.same(told.slice(2), ['true at 102']);
  report(false, 103);
  t.equal(report(false, 202), true, 'it is forgotten');
  t.end();
});

t.test('callers that leave and requests that are wrong do not count as failed', (t) => {
  const told: string[] = [];
  const conditions = new Conditions(({ type }) => void told.push(type), 1);
  const rate = new ErrorRate({ rate: 0.5, window: 2_000, minimum: 4 }, conditions);
  const ended = (fields: object, at: number) => rate.ended(fields as never, at);
  for (let time = 0; time < 9; time++) {
    ended({ ending: 'left' }, 100);
    ended({ ending: 'refused', reason: 'model_not_found' }, 100);
    ended({ ending: 'refused', reason: 'upstream_status', status: 400 }, 100);
  }
  ended({ ending: 'complete' }, 100);
  ended({ ending: 'complete' }, 1_000);
  for (let time = 0; time < 2; time++) ended({ ending: 'cut', reason: 'stream_cut' }, 1_000);
  rate.check(1_000);
  t.same(told, ['error_rate_high']);
  rate.check(3_100);
  t.same(told, ['error_rate_high', 'error_rate_normal'], 'the window has moved on');
  t.end();
});

t.test('a Redis that is lost, and found again, is an alert', { skip: noRedis }, async (t) => {
  const inbox = await Inbox.open(t);
  const redis = await redisServer(t);
  await openLab(t, {
    config: {
      shared: { use: 'redis', url: redis.url },
      alerts: { webhooks: [{ url: inbox.url }] },
    },
  });
  redis.process.kill('SIGKILL');
  t.match((await inbox.seen('shared_lost')).json, { subject: 'redis' });
  await redis.restart();
  t.match((await inbox.seen('shared_found')).json, { subject: 'redis' });
});
