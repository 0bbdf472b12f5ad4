import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { launchChromium } from './chromium.ts';

/** ms that a page may take for what a test waits for; the machine may be busy. */
const PATIENCE = 90_000;

let running: Promise<Browser> | undefined;

/** One browser for all tests of a file. */
function browser(): Promise<Browser> {
  running ??= launchChromium();
  return running;
}

t.teardown(async () => (await running)?.close());

export interface Tab {
  readonly page: Page;
  /** errors on the console, exceptions and violations of the page's policy */
  readonly complaints: string[];
}

/** A fresh profile with one page in it, closed with the test. */
export async function openTab(t: Test, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await (await browser()).newContext({ viewport: { width: 1280, height: 900 }, ...options });
  t.teardown(() => context.close());
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds serious or critical on the page as it is, one line each. */
export async function barriers(page: Page): Promise<string[]> {
  // As the browser's own tools inject it: the page's policy lets no script in by a tag.
  if (!(await page.evaluate('typeof axe !== "undefined"')))
    await page.evaluate(await readFile(axeFile, 'utf8'));
  const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
    );
}
