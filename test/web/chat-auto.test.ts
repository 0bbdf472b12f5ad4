import t from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { openTab } from './browser.ts';

t.test('a chat that is opened for the first time is answered, though only known models are', async (t) => {
  const [lab, other] = await Promise.all([
    startUpstream({ name: 'lab', interval: 0, text: ['I am lab.'] }),
    startUpstream({ name: 'other', interval: 0, text: ['I am other.'] }),
  ]);
  t.teardown(() => Promise.all([lab.close(), other.close()]));
  const remote = (url: string, models: Record<string, string>) => ({
    use: 'openai-compatible',
    baseUrl: url,
    models,
  });
  const switchyard = await startSwitchyard(t, {
    unknownModels: 'reject',
    providers: {
      lab: remote(lab.url, { 'text-embedding-3-small': 'e1', 'gpt-4o-mini': 'm1' }),
      other: remote(other.url, { 'whisper-1': 'w1', 'llama-3': 'l1' }),
    },
  });
  const { page } = await openTab(t);
  await page.goto(`${switchyard.url}/#/balancing`);
  const tried = page.getByRole('region', { name: 'Where a request would go now' });
  await tried.getByText('lab/m1 would be asked.').waitFor();
  await page.goto(`${switchyard.url}/#/chat`);
  const say = async (text: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'Message' }).fill(text);
    await page.keyboard.press('Enter');
  };
  await say('hi');
  await page.getByRole('article').getByText('I am lab.').waitFor();
  t.equal(lab.posts.at(-1)!.fields().model, 'm1', 'by the first model that is likely to chat');
  await page.goto(`${switchyard.url}/#/chat?model=auto&provider=other`);
  await page.getByRole('button', { name: 'Model: auto of other' }).waitFor();
  await say('and you?');
  await page.getByRole('article').getByText('I am other.').waitFor();
  t.equal(other.posts.at(-1)!.fields().model, 'l1');
});
