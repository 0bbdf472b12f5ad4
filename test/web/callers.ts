import type { BrowserContextOptions } from 'playwright-core';
import type { Test } from 'tap';
import { startSwitchyard, type Parsed, type Switchyard } from '../switchyard.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';
import { testFolder } from '../test-folder.ts';
import { openTab, type Tab } from './browser.ts';

export interface Callers extends Tab {
  readonly switchyard: Switchyard;
  readonly upstream: Upstream;
  /** makes a key and returns its text; the first one must be an admin's */
  readonly key: (traits: Record<string, unknown>) => Promise<string>;
  readonly chat: (key: string, body?: Record<string, unknown>) => Promise<Parsed>;
  /** Opens the dashboard with a key. */
  readonly visit: (path: string, key?: string) => Promise<void>;
}

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** A gateway whose callers have keys, and a browser. */
export async function openCallers(
  t: Test,
  { auth = {}, ...options }: BrowserContextOptions & { auth?: object } = {},
): Promise<Callers> {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t),
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1', dear: 'd1' } } },
    auth,
  });
  const tab = await openTab(t, options);
  let admin: string | undefined;
  const bearer = (key = admin) => (key === undefined ? {} : { authorization: `Bearer ${key}` });
  return {
    ...tab,
    switchyard,
    upstream,
    async key(traits) {
      const { json } = await switchyard.ask('/keys', { body: traits, headers: bearer() });
      admin ??= json().key as string;
      return json().key as string;
    },
    chat: (key, body) => switchyard.chat(body, { headers: bearer(key) }),
    async visit(path, key) {
      await tab.page.goto(switchyard.url);
      if (key !== undefined)
        await tab.page.evaluate(`sessionStorage.setItem('switchyard.key', ${JSON.stringify(key)})`);
      await tab.page.goto(`${switchyard.url}/#${path}`);
      await tab.page.reload();
    },
  };
}
