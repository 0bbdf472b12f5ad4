import { Ajv } from 'ajv';
import t from 'tap';
import {
  key,
  keys,
  limit,
  limits,
  madeKey,
  removed,
  revokedKey,
  session,
  usage,
} from '../../../plugins/auth/answers.ts';
import { openKeyed } from './keyed.ts';

const ajv = new Ajv({ allErrors: true });

t.test(
  'what is answered about keys, limits and usage fits the schemas that clients are written by',
  async (t) => {
    const { chat, manage } = await openKeyed(t, {
      config: {
        auth: {
          limits: {
            all: {
              per: ['key', 'model'],
              where: { owner: ['A*', 'B*'] },
              requests: { day: 5 },
              concurrency: 9,
            },
          },
        },
      },
    });
    const fits = async (
      schema: object,
      method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
      path: string,
      body?: object,
    ) => {
      const answer = await manage(method, path, body as Record<string, unknown>);
      const check = ajv.compile(schema);
      t.ok(check(answer.json()), `${method} ${path}: ${ajv.errorsText(check.errors)}`);
      return answer.json();
    };
    const own = { requests: { minute: 5 }, dollars: { total: 0.5 }, unknownPrice: 'pass', concurrency: 3 };
    const made = await fits(madeKey, 'POST', '/keys', {
      name: 'app',
      owner: 'Ada',
      labels: ['web'],
      limits: own,
    });
    await chat(made.key);
    await fits(keys, 'GET', '/keys');
    await fits(session, 'GET', '/session');
    await fits(key, 'PATCH', '/keys/app', { expires: '2999-01-01T00:00:00Z' });
    await fits(madeKey, 'POST', '/keys/app/rotate', {});
    await fits(limit, 'POST', '/limits', {
      name: 'spent',
      per: ['owner'],
      dollars: { day: 3 },
      unknownPrice: 'refuse',
    });
    await fits(limit, 'PATCH', '/limits/spent', { tokens: { total: 7 }, dollars: null });
    await fits(limits, 'GET', '/limits');
    await fits(limit, 'GET', '/limits/all');
    await fits(usage, 'GET', '/usage?by=key,owner,model,provider,hour,day,month');
    await fits(usage, 'GET', '/usage?by=label');
    await fits(removed, 'DELETE', '/limits/spent');
    await fits(revokedKey, 'POST', '/keys/app/revoke', { now: true });
    await fits(removed, 'DELETE', '/keys/app');
  },
);
