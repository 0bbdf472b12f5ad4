import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { openTab } from './browser.ts';
import { testFolder } from '../test-folder.ts';

const SERVE = `require('node:http').createServer((_, answer) => answer.end('{"data":[]}')).listen(process.env.PORT, '127.0.0.1')`;

/** A gateway with something of everything in it: a provider, a program, answers and a failure. */
export async function openScene(
  t: Test,
  options?: BrowserContextOptions,
): Promise<{ switchyard: Switchyard; page: Page }> {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t),
    retry: { again: 0 },
    providers: {
      lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } },
      local: {
        use: 'process',
        command: [process.execPath, '-e', SERVE],
        env: { PORT: '{port}' },
        start: 'manual',
        models: { 'local-1': 'local-1' },
      },
    },
  });
  await switchyard.chat({ stream: true });
  upstream.behaveOnce('status-500');
  await switchyard.chat();
  const { page } = await openTab(t, options);
  await page.goto(switchyard.url);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  return { switchyard, page };
}
