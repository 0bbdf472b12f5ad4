/**
 * Writes the README's pictures into docs/images: a gateway of its own, its dashboard in Chromium.
 *
 *   npm run screenshots
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { openLively } from './lively.ts';

const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const SIZE = { width: 1280, height: 760 };
/** px: all of the overview */
const TALL = 1_180;
/** ms until an answer's first content, from which on a picture of it shows the wait */
const SLOW = 300;
/** ms of traffic before the first picture */
const TRAFFIC = 45_000;

const lively = await openLively();
const browser = await launchChromium();
try {
  await mkdir(FOLDER, { recursive: true });
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'dark' });
  await page.goto(lively.url);
  const traffic = lively.bustle(TRAFFIC + 10_000);
  await page.waitForTimeout(TRAFFIC);
  await page.setViewportSize({ ...SIZE, height: TALL });
  await take(page, 'overview');
  await page.setViewportSize(SIZE);
  await traffic;
  await openFailover(page);
  await take(page, 'trace');
  await page.keyboard.press('Escape');
  await askTwo(page);
  await take(page, 'chat');
} finally {
  await browser.close();
  await lively.close();
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled' });
  console.log(`docs/images/${name}.png`);
}

/** The newest request that more than one target was asked for. */
async function openFailover(page: Page): Promise<void> {
  const { data } = (await (await fetch(`${lively.url}/requests?limit=500`)).json()) as {
    data: readonly { id: string; attempts: number; stream: boolean; ttft: number }[];
  };
  const id =
    data.find(({ attempts, stream, ttft }) => attempts > 1 && stream && ttft > SLOW)?.id ?? data[0]!.id;
  await page.goto(`${lively.url}/#/requests?id=${id}`);
  await page.getByRole('dialog').getByText('attempt', { exact: false }).first().waitFor();
  // A picture needs no focus ring.
  await page.evaluate('document.activeElement.blur()');
}

async function askTwo(page: Page): Promise<void> {
  await page.goto(`${lively.url}/#/chat?model=gpt-4o-mini`);
  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.getByRole('button', { name: 'Model, right' }).click();
  await page.keyboard.type('mistral-small');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Message' }).fill('What does failover mean here?');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Trace' }).nth(1).waitFor();
}
