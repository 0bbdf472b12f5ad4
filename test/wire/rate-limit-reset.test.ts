import t from 'tap';
import { rateLimitReset } from '../../wire/rate-limit-reset.ts';
import { retryAfter } from '../../wire/retry-after.ts';

const NOW = 1_800_000_000_000;

t.test('when limits are new is read as seconds, durations, moments and dates', (t) => {
  for (const [headers, ms] of [
    [{}, undefined],
    [{ 'x-ratelimit-reset': '7' }, 7_000],
    [{ 'x-ratelimit-reset': '0.5' }, 500],
    [{ 'x-ratelimit-reset': '0' }, undefined],
    [{ 'x-ratelimit-reset': '1800000030' }, 30_000],
    [{ 'x-ratelimit-reset': '1800000030000' }, 30_000],
    [{ 'x-ratelimit-reset': '1700000000' }, undefined],
    [{ 'x-ratelimit-reset-requests': '2m59.56s' }, 179_560],
    [{ 'x-ratelimit-reset-tokens': '120ms' }, 120],
    [{ 'x-ratelimit-reset-tokens': '1h0m1s' }, 3_601_000],
    [{ 'x-ratelimit-reset-tokens': 'soon' }, undefined],
    [{ 'anthropic-ratelimit-tokens-reset': new Date(NOW + 9_000).toISOString() }, 9_000],
    [{ 'x-ratelimit-reset': new Date(NOW + 9_000).toUTCString() }, 9_000],
    [{ 'x-ratelimit-reset-requests': '5s', 'x-ratelimit-reset-tokens': '2s' }, 2_000],
    [
      {
        'x-ratelimit-reset-requests': '5s',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-tokens': '2s',
        'x-ratelimit-remaining-tokens': '900',
      },
      5_000,
    ],
  ] as const) {
    t.equal(rateLimitReset(headers, NOW), ms, JSON.stringify(headers));
  }
  t.end();
});

t.test('reset headers count only in a 429 without Retry-After', (t) => {
  const reset = { 'x-ratelimit-reset': '7' };
  t.equal(retryAfter(reset, NOW, true), 7_000);
  t.equal(retryAfter(reset, NOW, false), undefined);
  t.equal(retryAfter({ ...reset, 'retry-after': '2' }, NOW, true), 2_000);
  t.end();
});
