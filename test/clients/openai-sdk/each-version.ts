/** OpenAI's own SDK for JavaScript, four major versions of it, unchanged against the gateway. */
import t, { type Test } from 'tap';
import type { OpenAI as Client } from 'openai-7';
import { openLab, type LabParts, type Lab } from '../../lab.ts';

export type Sdk = typeof import('openai-7');
export type Options = NonNullable<ConstructorParameters<Sdk['OpenAI']>[0]>;

/** Their types differ where this file does not look. */
export const SDKS: readonly [version: number, sdk: Sdk][] = [
  [4, (await import('openai-4')) as unknown as Sdk],
  [5, (await import('openai-5')) as unknown as Sdk],
  [6, (await import('openai-6')) as unknown as Sdk],
  [7, await import('openai-7')],
];

export const messages = [{ role: 'user' as const, content: 'hi' }];
export const chat = { model: 'm', messages };

/** What each test below gets, once for each version. */
export interface Given extends Lab {
  readonly sdk: Sdk;
  readonly version: number;
  readonly client: Client;
  readonly clientWith: (options: Partial<Options>) => Client;
}

export function eachVersion(
  name: string,
  parts: LabParts,
  test: (t: Test, given: Given) => Promise<void>,
): void {
  t.test(name, async (t) => {
    const lab = await openLab(t, parts);
    for (const [version, sdk] of SDKS) {
      lab.upstream.forget();
      const clientWith = (options: Partial<Options>): Client =>
        new sdk.OpenAI({ apiKey: 'any', baseURL: `${lab.switchyard.url}/v1`, maxRetries: 0, ...options });
      const given = { ...lab, sdk, version, client: clientWith({}), clientWith };
      await t.test(`openai ${version}`, (t) => test(t, given));
    }
  });
}

/** The helper that gathers a stream moved out of beta with version 5. */
export const streamHelper = ({ client, version }: Given): Client['chat']['completions'] =>
  version === 4 ? (client.beta as unknown as Client).chat.completions : client.chat.completions;

export const thrownBy = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Everything a stream says until it ends or throws. */
export async function readAll<Event>(
  stream: Promise<AsyncIterable<Event>>,
): Promise<{ events: Event[]; error?: unknown }> {
  const events: Event[] = [];
  try {
    for await (const event of await stream) events.push(event);
    return { events };
  } catch (error) {
    return { events, error };
  }
}
