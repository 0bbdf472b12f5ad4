import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream/upstream.ts';
import { barriers, openTab, type Tab } from './browser.ts';

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

interface Opened extends Tab {
  readonly switchyard: Switchyard;
  /** by the provider's name */
  readonly upstreams: Readonly<Record<string, Upstream>>;
}

/** A chat with a gateway whose providers are these upstreams, each with a model of its own name. */
async function open(
  t: Test,
  said: Record<string, UpstreamOptions>,
  path = '/chat',
  config: Record<string, unknown> = {},
): Promise<Opened> {
  const upstreams: Record<string, Upstream> = {};
  const providers: Record<string, object> = {};
  for (const [name, options] of Object.entries(said)) {
    const upstream = await startUpstream({ name, interval: 0, models: [`${name}-1`], ...options });
    t.teardown(() => upstream.close());
    upstreams[name] = upstream;
    providers[name] = {
      use: 'openai-compatible',
      baseUrl: upstream.url,
      models: { [`${name}-1`]: `${name}-1` },
    };
  }
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers, ...config });
  const tab = await openTab(t);
  await tab.page.goto(`${switchyard.url}/#${path}`);
  return { switchyard, upstreams, ...tab };
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}

const answers = (page: Page) => page.getByRole('article');

t.test('an answer streams, shows its provider and its numbers, and leads to its trace', async (t) => {
  const { page, complaints } = await open(t, { lab: { text: ['Hello', ' there', '.'] } });
  await page.getByText('No messages yet.').waitFor();
  await say(page, 'hi');
  const answer = answers(page).first();
  await answer.getByText('Hello there.').waitFor();
  await answer.getByRole('link', { name: 'lab' }).waitFor();
  await answer.getByText('lab-1').waitFor();
  await answer.getByText(/^first token \d/).waitFor();
  await answer.getByText(/^\d+ \+ \d+ tokens$/).waitFor();
  t.same(await barriers(page), []);
  await answer.getByRole('link', { name: 'Trace' }).click();
  const trace = page.getByRole('dialog', { name: /^req_/ });
  await trace.getByText('200').first().waitFor();
  await page.goBack();
  await answer.getByText('Hello there.').waitFor();
  t.same(complaints, []);
});

t.test('an answer whose head went out with a comment shows its provider all the same', async (t) => {
  const { page, upstreams, switchyard, complaints } = await open(t, { lab: { text: ['Hello'] } }, '/chat', {
    timeouts: { keepalive: '50ms' },
  });
  upstreams['lab']!.behave('slow-content', { delay: 500 });
  await say(page, 'hi');
  const answer = answers(page).first();
  await answer.getByText('Hello', { exact: true }).waitFor();
  await answer.getByRole('link', { name: 'lab' }).waitFor();
  await answer.getByText('lab-1').waitFor();
  t.match(JSON.stringify((await switchyard.trace()).notes), /the stream began with a comment/);
  t.same(complaints, []);
});

t.test('the speed of an answer is what the gateway measured, not when the browser got it', async (t) => {
  const text = Array.from({ length: 20 }, (_, word) => `word${word} `);
  const { page } = await open(t, { lab: { text, interval: 40 } });
  // Something between the two that hands it on in one piece.
  await page.route('**/v1/chat/completions', async (route) =>
    route.fulfill({ response: await route.fetch() }),
  );
  await say(page, 'hi');
  const told = answers(page)
    .first()
    .getByText(/tokens\/s$/);
  await told.waitFor();
  const [, perSecond] = /^([\d.]+) tokens/.exec(await told.innerText()) ?? [];
  t.ok(Number(perSecond) <= 26, `${perSecond} tokens/s, where 40 ms lie between two`);
});

t.test('Stop ends the work of the provider, and the text so far stays', async (t) => {
  const text = Array.from({ length: 500 }, (_, word) => `word${word} `);
  const { page, upstreams } = await open(t, { lab: { text, interval: 25 } });
  await say(page, 'a long one');
  const answer = answers(page).first();
  await answer.getByText(/word3 /).waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  const asked = await upstreams['lab']!.seen(1, ({ method }) => method === 'POST');
  t.equal(await upstreams['lab']!.left(asked), 'mid-body');
  await answer.getByText('Stopped here.').waitFor();
  t.match(await answer.innerText(), /word0 word1 word2 word3/);
  await page.getByRole('button', { name: 'Send' }).waitFor();

  upstreams['lab']!.behave('stall-before-head');
  await say(page, 'one that never begins');
  const second = await upstreams['lab']!.seen(2, ({ method }) => method === 'POST');
  await page.keyboard.press('Escape');
  t.equal(await upstreams['lab']!.left(second), 'before-head');
  await answers(page).nth(1).getByText('Stopped before it started.').waitFor();
});

t.test('two models answer side by side, each in its own conversation', async (t) => {
  const { page, upstreams } = await open(
    t,
    { alpha: { text: ['I am alpha.'] }, beta: { text: ['I am beta.'] } },
    '/chat?model=alpha-1',
  );
  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.getByRole('button', { name: 'Model, right: auto' }).click();
  await page.keyboard.type('auto beta');
  await page.getByRole('option', { name: 'auto of beta' }).waitFor();
  t.same(await barriers(page), []);
  await page.keyboard.press('Enter');
  await say(page, 'who are you?');
  await answers(page).nth(0).getByText('I am alpha.').waitFor();
  await answers(page).nth(1).getByText('I am beta.').waitFor();
  await answers(page).nth(1).getByRole('link', { name: 'Trace' }).waitFor();
  await say(page, 'again');
  await answers(page).nth(3).getByText('I am beta.').waitFor();
  t.match(upstreams['beta']!.posts.at(-1)!.fields().messages, [
    { role: 'user', content: 'who are you?' },
    { role: 'assistant', content: 'I am beta.' },
    { role: 'user', content: 'again' },
  ]);
  t.same(await barriers(page), []);
});

t.test('an error in the middle of a stream is shown as such, below what came before it', async (t) => {
  const { page, upstreams } = await open(t, { lab: { text: ['Half', ' of', ' an', ' answer'] } });
  upstreams['lab']!.behave('cut-after-content');
  await say(page, 'hi');
  const answer = answers(page).first();
  await answer
    .getByRole('alert')
    .getByText('The answer broke off here; the text above is what arrived')
    .waitFor();
  await answer.getByText('stream_cut').waitFor();
  await answer.getByText(/^Half/).waitFor();
  await answer.getByRole('link', { name: 'Trace' }).waitFor();
  t.same(await barriers(page), []);

  upstreams['lab']!.behave('status-500');
  await say(page, 'hi');
  await answers(page).nth(1).getByRole('alert').getByText('No answer (500)').waitFor();
  await answers(page).nth(1).getByRole('link', { name: 'Trace' }).waitFor();
  upstreams['lab']!.behave('ok');
  await answers(page).nth(1).getByRole('button', { name: 'Ask again' }).click();
  await answers(page).nth(1).getByText('Half of an answer').waitFor();
});

t.test('Markdown is drawn, and nothing in it is run or fetched', async (t) => {
  const text = [
    '## A heading\n\n**bold** and `code`, <img src=x onerror="document.title=1"> &lt;b&gt;\n\n',
    '<script>document.title = "taken over"</script>\n\n',
    '- one\n- [x] two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```js\nconst x = 1 < 2;\n```\n\n',
    '[bad](javascript:alert(1)) [good](https://example.com/page) ',
    `![mine](${PIXEL}) ![theirs](https://example.com/cat.png)\n`,
  ];
  const { page, complaints } = await open(t, { lab: { text } });
  await say(page, 'hi');
  const answer = answers(page).first();
  await answer.getByRole('heading', { name: 'A heading' }).waitFor();
  await answer.getByText('<script>document.title = "taken over"</script>').waitFor();
  await answer.getByRole('cell', { name: '2' }).waitFor();
  await answer.getByRole('checkbox', { name: 'done' }).waitFor();
  t.equal(await answer.getByRole('region', { name: 'Code, js' }).innerText(), 'const x = 1 < 2;');
  t.match(await answer.innerText(), /code, <img src=x onerror="document.title=1"> <b>/);
  t.equal(await answer.getByRole('link', { name: 'bad' }).count(), 0);
  t.equal(await answer.getByRole('link', { name: 'good' }).getAttribute('href'), 'https://example.com/page');
  t.equal(await answer.getByRole('img').count(), 1);
  t.equal(
    await page.evaluate('document.querySelector("img[alt=mine]").decode().then(() => "it is drawn")'),
    'it is drawn',
  );
  await answer.getByRole('link', { name: 'Picture: theirs (example.com)' }).waitFor();
  t.equal(await page.title(), 'Chat · Switchyard');
  t.same(await barriers(page), []);
  t.same(complaints, []);
});

t.test('pictures go along by choice, paste and drop', async (t) => {
  const { page, upstreams, complaints } = await open(t, { lab: { text: ['I see.'] } });
  const bytes = Buffer.from(PIXEL.split(',')[1]!, 'base64');
  const picture = { name: 'dot.png', mimeType: 'image/png', buffer: bytes };
  await page.locator('input[type=file]').setInputFiles([picture]);
  for (const [target, event, carrier] of [
    ['document.activeElement', 'ClipboardEvent("paste"', 'clipboardData'],
    ['document', 'DragEvent("drop"', 'dataTransfer'],
  ] as const) {
    await page.getByRole('textbox', { name: 'Message' }).focus();
    await page.evaluate(`(async () => {
      const held = new DataTransfer();
      held.items.add(new File([Uint8Array.from(${JSON.stringify([...bytes])})], 'dot.png', { type: 'image/png' }));
      ${target}.dispatchEvent(new ${event}, { ${carrier}: held, bubbles: true, cancelable: true }));
    })()`);
  }
  const attached = page.getByRole('list', { name: 'Attached pictures' });
  await attached.getByRole('button', { name: 'Remove picture 3' }).click();
  t.equal(await attached.getByRole('img').count(), 2);
  t.same(await barriers(page), []);
  await say(page, 'what is this?');
  await answers(page).first().getByText('I see.').waitFor();
  t.match(upstreams['lab']!.posts.at(-1)!.fields().messages, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'what is this?' },
        { type: 'image_url', image_url: { url: PIXEL } },
        { type: 'image_url', image_url: { url: PIXEL } },
      ],
    },
  ]);
  t.equal(await page.getByRole('img', { name: 'your picture' }).count(), 2);
  t.same(complaints, []);
});

t.test('tools and reasoning are shown, and further members of a request are sent', async (t) => {
  const { page, upstreams } = await open(t, {
    lab: {
      text: ['I look it up.'],
      reasoning: ['The city', ' is Bern.'],
      toolCall: { name: 'weather', arguments: ['{"city":', '"Bern"}'] },
    },
  });
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('System message').fill('Be short.');
  const members = page.getByLabel('More request fields, as JSON');
  await members.fill('{ "temperature": ');
  await page.getByText(/^This is not JSON/).waitFor();
  await members.fill(
    '{ "temperature": 0.5, "tools": [{ "type": "function", "function": { "name": "weather" } }] }',
  );
  t.same(await barriers(page), []);
  await page.getByRole('button', { name: 'Save' }).click();
  await say(page, 'how is the weather?');
  const answer = answers(page).first();
  await answer.getByRole('list', { name: 'Tool calls' }).getByText('"city": "Bern"').waitFor();
  t.notOk(await answer.getByText('The city is Bern.').isVisible(), 'it is collapsed');
  await answer.getByText('Reasoning').click();
  await answer.getByText('The city is Bern.').waitFor();
  const { temperature, tools, messages } = upstreams['lab']!.posts.at(-1)!.fields();
  t.match(
    { temperature, tools, messages },
    {
      temperature: 0.5,
      tools: [{ function: { name: 'weather' } }],
      messages: [{ role: 'system', content: 'Be short.' }, { role: 'user' }],
    },
  );
});

t.test('a conversation stays with its tab until a new one is begun', async (t) => {
  const { page, switchyard, complaints } = await open(t, { lab: { text: ['Still here.'] } });
  await say(page, 'hi');
  await answers(page).first().getByRole('link', { name: 'Trace' }).waitFor();
  await page.reload();
  await answers(page).first().getByText('Still here.').waitFor();
  const other = await page.context().newPage();
  await other.goto(`${switchyard.url}/#/chat`);
  await other.getByText('No messages yet.').waitFor();
  await page.getByRole('button', { name: 'New chat' }).click();
  await page.getByText('No messages yet.').waitFor();
  await page.reload();
  await page.getByText('No messages yet.').waitFor();
  t.same(complaints, []);
});

t.test('a request is copied as curl, Python and Node, without the key', async (t) => {
  const { page, switchyard } = await open(t, { lab: { text: ['Yes.'] } }, '/chat?model=lab-1&provider=lab');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await say(page, "it's all 'quoted'");
  await answers(page).first().getByRole('link', { name: 'Trace' }).waitFor();
  const copied = async (language: string): Promise<string> => {
    await page.getByRole('button', { name: 'Copy the request as …' }).click();
    await page.getByRole('menuitem', { name: `Copy as ${language}` }).click();
    await page.getByText(`Copied as ${language}`).waitFor();
    return String(await page.evaluate('navigator.clipboard.readText()'));
  };
  const curl = await copied('curl');
  t.match(curl, `curl -N '${switchyard.url}/v1/chat/completions?provider=lab'`);
  t.match(curl, String.raw`"content": "it'\''s all '\''quoted'\''"`);
  t.match(await copied('Python'), `OpenAI(base_url="${switchyard.url}/v1", api_key="unused")`);
  t.match(await copied('Node'), '{ query: {"provider":"lab"} }');
});
