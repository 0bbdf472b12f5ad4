import t from 'tap';
import { barriers } from './browser.ts';
import { openScene } from './scene.ts';

for (const colorScheme of ['dark', 'light'] as const)
  t.test(`axe finds nothing serious in any view, ${colorScheme}`, async (t) => {
    const { switchyard, page } = await openScene(t, { colorScheme, reducedMotion: 'reduce' });
    const { id } = await switchyard.trace();
    for (const path of [
      '',
      'providers',
      'chat',
      'requests',
      'balancing',
      'statistics',
      'usage',
      'keys',
      'nodes',
      `requests?id=${id}`,
    ]) {
      await page.goto(`${switchyard.url}/#/${path}`);
      await page.locator('h1, [role=dialog]').last().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      t.same(await barriers(page), [], path);
    }
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('option').first().waitFor();
    t.same(await barriers(page), [], 'the palette');
  });
