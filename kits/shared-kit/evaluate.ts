import type { Client } from './connect.ts';
import type { Script } from './script.ts';

/** How texts of an answer come: as strings, or as bytes. */
type Reading = Parameters<Client['sendCommand']>[1];

/** Runs a script; its text is sent only where Redis does not have it. */
export async function evaluate(
  client: Client,
  { sha, text }: Script,
  values: readonly (string | Buffer)[],
  reading?: Reading,
): Promise<unknown> {
  try {
    return await client.sendCommand(['EVALSHA', sha, '0', ...values], reading);
  } catch (error) {
    // Redis was restarted, or never had it.
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return client.sendCommand(['EVAL', text, '0', ...values], reading);
  }
}
