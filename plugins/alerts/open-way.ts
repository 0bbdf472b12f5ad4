import type { Host } from '../../core/contracts/index.ts';
import { isNews, sharedOf, type Finding } from '../../kits/shared-kit/index.ts';
import { storeOf } from '../../kits/store-kit/store-of.ts';
import type { Alert } from './alert.ts';
import type { Webhook } from './webhook.ts';

/** How alerts get to webhooks. */
export interface Way {
  readonly tell: (finding: Finding, alert: Alert) => void;
  readonly close: () => void;
}

/**
 * With a shared PostgreSQL the leader delivers each alert. With a shared Redis alone, the gateway that finds it first does.
 * Without either, or while it is unreachable, each gateway delivers its own: twice is better than never.
 */
export async function openWay(
  { gateway, log }: Pick<Host, 'gateway' | 'log'>,
  webhooks: readonly Webhook[],
): Promise<Way> {
  const deliver = (alert: Alert): void => webhooks.forEach((webhook) => webhook.add(alert));
  const store = storeOf(gateway);
  if (store) {
    const { FleetAlerts } = await import('./fleet-alerts.ts');
    const fleet = new FleetAlerts(store, webhooks, log);
    const tell: Way['tell'] = async (finding, alert) => {
      if (await fleet.isOwn(finding, alert)) deliver(alert);
    };
    return { tell, close: () => fleet.close() };
  }
  const { redis } = sharedOf(gateway);
  if (!redis) return { tell: (_, alert) => deliver(alert), close: () => undefined };
  const tell: Way['tell'] = async (finding, alert) => {
    if (await isNews(redis, finding)) deliver(alert);
  };
  return { tell, close: () => undefined };
}
