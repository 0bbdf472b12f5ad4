import type { Locator } from 'playwright-core';
import t from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { barriers, openTab } from './browser.ts';
import { program } from './program.ts';

/** A program that writes as many lines as it is asked for; each tenth is too long for one. */
const WRITER = `
let written = 0;
require('node:http').createServer((request, answer) => {
  const count = Number(request.url.slice('/write/'.length)) || 0;
  for (let line = 0; line < count; line++)
    console.log('line ' + ++written + (written % 10 === 0 ? ' and more'.repeat(60) : '.'));
  answer.end('{"data":[]}');
}).listen(process.env.PORT, '127.0.0.1');
`;
/** lines that the view holds, and some more */
const FEW = 150;

/** The first line that is seen, and px from the top of the log. */
const place = (log: Locator): Promise<unknown> =>
  log.evaluate((region) => {
    const top = region.getBoundingClientRect().top;
    const seen = [...region.querySelectorAll('li:not([aria-hidden])')].find(
      (line) => line.getBoundingClientRect().top >= top,
    )!;
    return [/line \d+/.exec(seen.textContent ?? '')?.[0], Math.round(seen.getBoundingClientRect().top - top)];
  });

/** The place once it no longer changes: keys scroll smoothly. */
async function restingPlace(log: Locator): ReturnType<typeof place> {
  let last = await place(log);
  for (;;) {
    await log.page().waitForTimeout(150);
    const now = await place(log);
    if (JSON.stringify(now) === JSON.stringify(last)) return now;
    last = now;
  }
}

t.test(
  'of a log of thousands of lines only the visible ones are rendered, and it keeps its place',
  async (t) => {
    const switchyard = await startSwitchyard(t, {
      home: testFolder(t),
      providers: {
        mine: program({ command: [process.execPath, '-e', WRITER], probe: { path: '/', every: 60_000 } }),
      },
    });
    await switchyard.ask('/providers/mine/start', { method: 'POST' });
    const { page, complaints } = await openTab(t);
    await page.goto(`${switchyard.url}/#/providers?name=mine&tab=logs`);
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await page.getByRole('status').getByText('healthy').waitFor();
    const { port } = (await switchyard.ask('/providers/mine')).json();
    const write = (count: number) => fetch(`http://127.0.0.1:${port}/write/${count}`);
    const log = page.getByRole('log', { name: 'Log of mine' });
    const line = (number: number) => log.getByText(new RegExp(`^line ${number}\\b`));
    const isSeen = (one: Locator): Promise<boolean> =>
      one.evaluate((element) => {
        const { top, bottom } = element.closest('[role=log]')!.getBoundingClientRect();
        const own = element.getBoundingClientRect();
        return own.bottom > top && own.top < bottom;
      });

    for (const last of [30, 630, 2_630, 3_131]) {
      const before = last === 30 ? 0 : last === 630 ? 30 : last === 2_630 ? 630 : 2_630;
      await write(last - before);
      await line(last).waitFor();
      t.ok(await isSeen(line(last)), `line ${last} is seen as it comes`);
    }
    const lines = log.getByRole('listitem');
    t.ok((await lines.count()) < FEW, `${await lines.count()} are drawn`);
    t.equal(await lines.last().getAttribute('aria-setsize'), '2000');
    t.same(await barriers(page), []);

    await log.focus();
    for (let pressed = 0; pressed < 5; pressed++) await page.keyboard.press('PageUp');
    const end = page.getByRole('button', { name: 'Jump to the end' });
    await end.waitFor();
    const before = await restingPlace(log);
    await write(40);
    await page.waitForTimeout(500);
    t.same(await place(log), before, 'what is read stays in its place while lines come and the oldest go');
    await end.click();
    await line(3_171).waitFor();
    t.ok(await isSeen(line(3_171)));
    await end.waitFor({ state: 'detached' });
    await write(1);
    await line(3_172).waitFor();
    t.same(complaints, []);
  },
);
