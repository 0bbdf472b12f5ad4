import type { Alert } from './alert.ts';
import type { WebhookOptions } from './options.ts';

/** The body of an alert, as the webhook's format has it. */
export function bodyOf(alert: Alert, format: WebhookOptions['format']): string {
  const { atEpochMs, ...said } = alert;
  if (format === 'slack')
    return JSON.stringify({ text: `*Switchyard: ${alert.type}*\n${escaped(alert.message)}` });
  return JSON.stringify({ ...said, at: new Date(atEpochMs).toISOString() });
}

/** Slack reads these as the beginning of a mention or a link. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
