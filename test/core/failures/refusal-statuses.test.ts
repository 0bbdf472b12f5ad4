import t from 'tap';
import { meaningOfStatus } from '../../../core/failures/status-meaning.ts';
import { errorOf, gatewayInFront, ownProvider, post, targetOf, upstream } from '../../in-front.ts';

/** Words that are about nothing in particular. */
const BODY = { error: { message: 'it cannot be done', type: 'x', param: null, code: null } };
const STATUSES = [400, 401, 402, 403, 404, 405, 408, 409, 413, 418, 422, 429, 451, 500, 501, 502, 503, 529];

for (const code of STATUSES)
  t.test(
    `a refusal with ${code} means to other targets and to the next request what its row says`,
    async (t) => {
      const { retryable, scope, says, pauseMs, lack } = meaningOfStatus(code);
      const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
      one.behave('status', { code, body: BODY });
      const now = 1_800_000_000_000;
      const injected = { now: () => now, random: () => 0.5 };
      const config = { each: { apiKey: 'a-key' }, breaker: { failures: 1, look: 0 } };

      const both = await gatewayInFront(t, { one, two }, config, injected);
      const isLacking = lack?.(Buffer.from(JSON.stringify(BODY))) !== undefined;
      const concerns =
        scope === 'key' && says?.(Buffer.from(JSON.stringify(BODY))) === false ? undefined : scope;
      const goesOn = retryable || concerns !== undefined || isLacking;
      t.equal((await both.chat()).status, goesOn ? 200 : code, 'whether another target answers');
      t.equal(two.requests.filter(post).length, goesOn ? 1 : 0);

      const blocks = targetOf(both, 'one').blocks(now);
      const isFailure = retryable && concerns === undefined && !isLacking;
      t.equal(blocks.has('breaker'), isFailure, 'whether it counts for the circuit');
      const block = blocks.get('key') ?? blocks.get('quota');
      t.equal(block !== undefined, concerns !== undefined, 'whether something else is left out');
      if (block) t.equal(block.untilMs - now, pauseMs === 'grows' ? 1_000 : pauseMs, 'and for how long');
    },
  );

t.test('said in no shape of the API, a refusal has the type of its row', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { breaker: { failures: 1_000, minimum: 1_000 } });
  for (const code of STATUSES) {
    one.behave('status', { code, body: '<p>no</p>', contentType: 'text/html', retryAfter: 0 });
    const { status, text } = await switchyard.chat();
    t.equal(status, code);
    t.match(errorOf(text), { code: 'upstream_status', type: meaningOfStatus(code).type }, String(code));
  }
});

t.test("what a provider's own rules say goes before the row of a status", async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const use = ownProvider(t, { retryStatuses: [418] });
  const switchyard = await gatewayInFront(t, { one, two }, { only: { one: { use } } });
  one.behave('status', { code: 418, body: BODY });
  t.equal((await switchyard.chat()).status, 200);
});
