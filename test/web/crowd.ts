import type { BrowserContextOptions } from 'playwright-core';
import type { Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { openTab, type Tab } from './browser.ts';

export const PROVIDERS = 200;

/** One model in ten quants, whose names differ near their ends. */
export const QUANTS = [
  'Q2_K',
  'Q3_K_M',
  'Q4_0',
  'Q4_K_M',
  'Q4_K_XL',
  'Q5_K_M',
  'Q6_K',
  'Q8_0',
  'IQ4_NL',
  'BF16',
].map((quant) => `unsloth/Qwen3-Coder-30B-A3B-Instruct-1M-GGUF:UD-${quant}`);

export const nameOf = (index: number): string => `machine-${String(index).padStart(3, '0')}`;

export interface Crowd extends Tab {
  readonly switchyard: Switchyard;
}

/** A gateway with two hundred providers of one model, and long names for others. */
export async function openCrowd(t: Test, options?: BrowserContextOptions, path = '/'): Promise<Crowd> {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const names = Array.from({ length: PROVIDERS }, (_, index) => nameOf(index));
  const switchyard = await startSwitchyard(t, {
    providers: Object.fromEntries(
      names.map((name, index) => [
        name,
        {
          use: 'openai-compatible',
          baseUrl: upstream.url,
          models: {
            m: 'm1',
            ...(index === 0 ? Object.fromEntries(QUANTS.map((quant) => [quant, 'm1'])) : {}),
          },
        },
      ]),
    ),
    models: { m: { targets: names.map((provider) => ({ provider })) } },
  });
  const tab = await openTab(t, options);
  await tab.page.goto(`${switchyard.url}/#${path}`);
  return { switchyard, ...tab };
}
