import type { Page } from 'playwright-core';
import t from 'tap';
import { barriers } from './browser.ts';
import { nameOf, openCrowd, PROVIDERS } from './crowd.ts';

const LAST = nameOf(PROVIDERS - 1);
/** what a screen of any view needs, and some more */
const FEW = 2_000;

const nodes = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.querySelectorAll("*").length'));

async function toEnd(page: Page): Promise<void> {
  await page.evaluate('document.getElementById("main").scrollTo(0, 1e6)');
}

t.test('of two hundred providers the overview and the list render the visible ones', async (t) => {
  const { switchyard, page, complaints } = await openCrowd(t);
  for (const path of ['', 'providers']) {
    await page.goto(`${switchyard.url}/#/${path}`);
    await page.getByRole('link', { name: nameOf(0), exact: true }).waitFor();
    t.equal(
      await page.getByRole('link', { name: LAST, exact: true }).count(),
      0,
      'the last one is not drawn',
    );
    t.ok((await nodes(page)) < FEW, `${path || 'overview'}: ${await nodes(page)} nodes`);
    t.same(await barriers(page), []);
    const last = page.getByRole('link', { name: LAST, exact: true });
    for (let step = 0; step < 60 && !(await last.isVisible()); step++) {
      await page.evaluate('document.getElementById("main").scrollBy(0, 600)');
      await page.waitForTimeout(50);
    }
    await last.waitFor();
    t.ok((await nodes(page)) < FEW, `at its end: ${await nodes(page)} nodes`);
  }
  await page.goto(`${switchyard.url}/#/providers?name=${nameOf(0)}`);
  await page.getByRole('heading', { name: nameOf(0) }).waitFor();
  t.ok((await nodes(page)) < FEW, `one of them: ${await nodes(page)} nodes`);
  t.same(complaints, []);
});

t.test(
  'of a route of two hundred targets only the visible ones are rendered, with a legend of a few',
  async (t) => {
    const { switchyard, page, complaints } = await openCrowd(t, {}, '/balancing?model=m');
    for (let asked = 0; asked < 12; asked++) await switchyard.chat();
    const legend = page.getByRole('figure').getByRole('listitem');
    await legend.first().waitFor();
    t.equal(await legend.count(), 7);
    await legend.filter({ hasText: '194 other targets' }).waitFor();
    await page.getByLabel(`Weight of ${nameOf(0)}/m1`).waitFor();
    t.ok((await nodes(page)) < FEW, `${await nodes(page)} nodes`);
    t.same(await barriers(page), []);
    await toEnd(page);
    const end = page.getByRole('region', { name: 'Where a request would go now' });
    await end.getByText(LAST).first().waitFor();
    t.ok((await nodes(page)) < FEW, `at its end: ${await nodes(page)} nodes`);
    t.same(complaints, []);
  },
);

t.test('of the statistics of two hundred providers only the visible rows are rendered', async (t) => {
  const { switchyard, page, complaints } = await openCrowd(t);
  for (let from = 0; from < PROVIDERS; from += 20)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        switchyard.ask(`/v1/chat/completions?provider=${nameOf(from + index)}`, {
          body: { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
        }),
      ),
    );
  await page.goto(`${switchyard.url}/#/statistics`);
  const table = page.getByRole('table', { name: 'Providers' });
  await table
    .getByRole('row', { name: /^machine-/ })
    .first()
    .waitFor();
  t.equal(await table.getAttribute('aria-rowcount'), String(PROVIDERS + 1));
  t.ok((await nodes(page)) < FEW, `${await nodes(page)} nodes`);
  t.same(await barriers(page), []);
  await toEnd(page);
  t.ok((await nodes(page)) < FEW, `at its end: ${await nodes(page)} nodes`);
  t.same(complaints, []);
});

t.test('a node of two hundred providers names a few, those that are not well first', async (t) => {
  const { page } = await openCrowd(t, undefined, '/nodes');
  const row = page.getByRole('table', { name: 'Gateways' }).getByRole('row', { name: /this one/ });
  const cell = row.getByRole('cell').filter({ hasText: nameOf(0) });
  await cell.getByText(/^and 18\d (unknown|available)/).waitFor();
  t.equal(await cell.getByTitle(/^machine-/).count(), 12);
  const name = (await row.getByRole('rowheader').boundingBox())!;
  t.ok(name.width >= 160 && name.height < 250, `its name has ${name.width} x ${name.height} px`);
});
