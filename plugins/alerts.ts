import { randomUUID } from 'node:crypto';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { budgetNews } from '../kits/feature-kit/index.ts';
import { findingOf, type News } from './alerts/alert.ts';
import { Circuits } from './alerts/circuits.ts';
import { Conditions } from './alerts/conditions.ts';
import { ErrorRate } from './alerts/error-rate.ts';
import { openWay } from './alerts/open-way.ts';
import { options, type AlertsOptions } from './alerts/options.ts';
import { watchProviders } from './alerts/providers.ts';
import { watchShared } from './alerts/shared.ts';
import { Webhook } from './alerts/webhook.ts';

/** ms between two checks */
const EVERY_MS = 1_000;

/** Alerts to webhooks. Requests only count; changes are found once a second, and sent in the background. */
export default {
  name: 'alerts',
  inEachThread: false,
  after: ['auth', 'breaker', 'shared', 'store'],
  options,
  async create({ webhooks: written, errorRate, repeat, ...delivery }, host) {
    const { app, events, gateway, log, now, date } = host;
    let count = 0;
    const boot = `${date().toString(36)}${randomUUID().slice(0, 4)}`;
    const webhooks = written.map((one) => new Webhook(one, delivery, host));
    const dated = ({ type, subject, message, details }: News) => ({
      id: `alert_${boot}_${++count}`,
      type,
      subject,
      message,
      ...(details && { details }),
      atEpochMs: date(),
    });
    const tell = (news: News): void => {
      log.warn({ type: news.type, subject: news.subject }, `alert: ${news.message}`);
      way.tell(findingOf(news, repeat, boot), dated(news));
    };

    app.get('/alerts', () => ({ webhooks: webhooks.map(({ state }) => state) }));
    app.post('/alerts/test', async () => {
      const alert = dated({ type: 'test', subject: 'alerts', message: 'a test of the alerts: all is well' });
      const results = await Promise.all(
        webhooks.map(async (webhook) => {
          const { error } = await webhook.attempt(alert);
          return { webhook: webhook.name, ok: error === undefined, error: error ?? null };
        }),
      );
      return { ok: results.length > 0 && results.every(({ ok }) => ok), results };
    });
    if (webhooks.length === 0) return undefined;

    const way = await openWay(host, webhooks);
    const conditions = new Conditions(tell, repeat);
    const circuits = new Circuits(conditions);
    const rate = new ErrorRate(errorRate, conditions);
    events.onAttempt((attempt) => circuits.ended(attempt));
    events.onEnd(({ trace }) => rate.ended(trace, now()));
    const ignore = budgetNews(gateway).on(({ id, budget, percent, ...details }) =>
      tell({
        type: 'budget',
        subject: budget,
        message: `${percent} % of the budget of ${budget} is spent`,
        details: { percent, ...details },
        same: { about: id, level: percent },
      }),
    );
    const timer = setInterval(() => {
      const nowMs = now();
      watchProviders(gateway, conditions, nowMs);
      watchShared(gateway, conditions, nowMs);
      circuits.check(nowMs);
      rate.check(nowMs);
    }, EVERY_MS).unref();
    return {
      close: () => {
        ignore();
        clearInterval(timer);
        way.close();
        for (const webhook of webhooks) webhook.close();
      },
    };
  },
} satisfies FeaturePlugin<AlertsOptions>;
