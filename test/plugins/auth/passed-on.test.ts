/** Keys and limits on paths whose requests are passed on unread: files, batches, fine-tuning. */
import t from 'tap';
import { rawUpstream, until } from '../../in-front.ts';
import { codeOf, openKeyed } from './keyed.ts';

/** It has reached the upstream, which has no batches. */
const PASSED = 404;
const BATCH = { input_file_id: 'file-1', endpoint: '/v1/chat/completions' };

t.test('what is passed on needs the least, and what is read or cancelled nothing', async (t) => {
  const { make, chat, as } = await openKeyed(t);
  const spent = await make('spent', { limits: { tokens: { total: 60 } } });
  t.equal((await as(spent, '/v1/batches', { body: BATCH })).status, PASSED);
  t.equal((await chat(spent, { max_tokens: 8 })).status, 200);
  while ((await chat(spent, { max_tokens: 1 })).status === 200) continue;
  const none = await make('none', { limits: { tokens: { total: 1 } } });
  t.equal(codeOf(await as(none, '/v1/batches', { body: BATCH })), 'rate_limited');
  for (const key of [spent, none]) {
    t.equal((await as(key, '/v1/batches')).status, PASSED);
    t.equal((await as(key, '/v1/batches/b_1/cancel', { body: {} })).status, PASSED);
  }
});

t.test('a limit of money that refuses what has no price refuses it, too', async (t) => {
  const { make, as } = await openKeyed(t);
  const strict = await make('strict', { limits: { dollars: { total: 5 }, unknownPrice: 'refuse' } });
  t.equal(codeOf(await as(strict, '/v1/batches', { body: BATCH })), 'budget_spent');
  t.equal((await as(strict, '/v1/batches')).status, PASSED, 'reading costs nothing');
});

t.test('a request whose key is revoked now gets an error, where nothing of an answer has come', async (t) => {
  const hung = await rawUpstream(t, '', 'hang');
  const { as, make, manage } = await openKeyed(t, { provider: { baseUrl: hung.url } });
  const asked = as(await make('app'), '/v1/batches', { body: BATCH });
  await until(
    () => hung.asked() > 0,
    () => 'it is passed on',
  );
  t.equal((await manage('POST', '/keys/app/revoke', { now: true })).json().ended, 1);
  const told = await asked;
  t.equal(told.status, 401);
  t.match(told.json().error, { code: 'key_revoked' });
  t.equal((await manage('GET', '/keys/app')).json().running, 0);
});
