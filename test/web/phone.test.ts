import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { barriers } from './browser.ts';
import { nameOf, openCrowd, QUANTS } from './crowd.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

async function isOnScreen(page: Page, one: Locator): Promise<boolean> {
  const { width, height } = page.viewportSize()!;
  const box = await one.boundingBox();
  return (
    box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height
  );
}

const fits = (page: Page): Promise<unknown> =>
  page.evaluate('document.querySelector("main").scrollWidth <= innerWidth');

t.test('Send stays on the screen, however long the names of the models are', async (t) => {
  const { switchyard, page } = await openCrowd(t, PHONE);
  const send = page.getByRole('button', { name: 'Send' });
  for (const query of [
    `model=${QUANTS[4]}`,
    `model=${QUANTS[4]}&provider=${nameOf(0)}`,
    `model=${'x'.repeat(300)}`,
  ]) {
    await page.goto(`${switchyard.url}/#/chat?${query}`);
    await page.getByRole('button', { name: /^Model: [ux]/ }).waitFor();
    t.ok(await isOnScreen(page, send), query);
    t.ok(await fits(page), `${query} fits`);
  }
  await page.getByRole('button', { name: 'Side by side' }).tap();
  await page.getByRole('button', { name: /^Model, right/ }).waitFor();
  await page.getByRole('textbox', { name: 'Message' }).fill('a long line\n'.repeat(60));
  t.ok(await isOnScreen(page, send), 'two side by side, and a long message');
  t.ok(await fits(page), 'two side by side fit');
  t.same(await barriers(page), []);
});

t.test('ten quants of one model are distinguishable in the picker', async (t) => {
  const { page } = await openCrowd(t, PHONE, '/chat');
  await page.getByRole('button', { name: /^Model/ }).tap();
  await page.getByRole('combobox').fill('Qwen3');
  const ends = new Set<string>();
  for (const quant of QUANTS) {
    const option = page.getByRole('option', { name: `${quant} model` });
    await option.waitFor();
    const end = option.locator('[aria-hidden=true]').last();
    const text = await end.innerText();
    t.ok(
      quant.endsWith(text) && (await end.evaluate((element) => element.scrollWidth <= element.clientWidth)),
    );
    ends.add(text);
  }
  t.equal(ends.size, QUANTS.length);
});

t.test('Balancing keeps names whole, and the error of a weight in sight', async (t) => {
  const { page } = await openCrowd(t, PHONE, '/balancing?model=m');
  const name = page.getByRole('rowheader', { name: `${nameOf(0)}/m1` });
  await name.scrollIntoViewIfNeeded();
  const lines = await name.evaluate((element) => {
    const range = element.ownerDocument.createRange();
    range.selectNodeContents(element);
    return range.getClientRects().length;
  });
  t.equal(lines, 1, 'its name stands on one line');
  t.ok(await fits(page), 'nothing stands out');

  await page.getByLabel(`Weight of ${nameOf(2)}/m1`).fill('-3');
  await page.getByText('above 0', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Use these weights' }).tap();
  const told = page.getByRole('alert').getByText(/weight: -3 is not allowed/);
  await told.waitFor();
  t.ok(await isOnScreen(page, told), 'the mistake is on the screen');
  t.same(await barriers(page), []);
});

/** px from one thing that is seen to the next below it, the largest of what is on the screen */
const EMPTIEST = `(() => {
  const main = document.getElementById('main');
  const { top, bottom } = main.getBoundingClientRect();
  const seen = [...main.querySelectorAll('input, button, svg, canvas')].map((one) => one.getBoundingClientRect());
  const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    const range = document.createRange();
    range.selectNodeContents(text);
    if (text.textContent.trim() !== '') seen.push(...range.getClientRects());
  }
  const shown = seen.filter((one) => one.height > 2 && one.bottom > top && one.top < bottom);
  let end = top;
  let emptiest = 0;
  for (const one of shown.sort((a, b) => a.top - b.top)) {
    emptiest = Math.max(emptiest, one.top - end);
    end = Math.max(end, one.bottom);
  }
  return emptiest;
})()`;

t.test('no part of Balancing is empty, from its beginning to its end', async (t) => {
  for (const width of [320, 390, 768]) {
    const { page } = await openCrowd(t, { viewport: { width, height: 844 } }, '/balancing?model=m');
    await page.getByRole('rowheader', { name: `${nameOf(0)}/m1` }).waitFor();
    for (const name of ['Models', 'Targets', 'Strategy for this model', 'Where a request would go now']) {
      const part = page.getByRole('region', { name, exact: true });
      // Its beginning in the middle of the screen, with the end of what is above it.
      await part.getByRole('heading').evaluate((heading) => heading.scrollIntoView({ block: 'center' }));
      for (const step of [0, 400, 400]) {
        await page.evaluate(`document.getElementById('main').scrollBy(0, ${step})`);
        // Two frames: what has come into sight is drawn, and measured.
        await page.evaluate(
          'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
        );
        const emptiest = Number(await page.evaluate(EMPTIEST));
        t.ok(emptiest < 120, `${name}, ${width} px wide: ${emptiest} px of nothing`);
      }
    }
  }
});
