import t, { type Test } from 'tap';
import { memberShapes, shapes, type Shape } from '../../../../bench/load/shapes.ts';
import { startCounting } from '../../../../bench/upstream/counting.ts';
import { heldBy, isHeld, type Held } from '../../../held.ts';
import { ownProvider } from '../../../in-front.ts';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';
import { openLab } from '../../../lab.ts';

const BYTES = 8 * 1024 * 1024;
const patient = { timeout: 300_000 };

/** A gateway before an upstream that counts what it is sent: the one of other tests reads it, which takes long. */
async function beforeCounting(t: Test, provider: object, config: object = {}) {
  const { origin, seen, close } = await startCounting();
  t.teardown(close);
  const lab = { use: 'openai-compatible', baseUrl: `${origin}/v1`, models: { m: 'm' }, ...provider };
  return { seen, switchyard: await startSwitchyard(t, { providers: { lab }, ...config }) };
}

const asked = (switchyard: Switchyard, { path, type, body }: Shape): Promise<Held> =>
  heldBy(switchyard, path, body, type);

/** What a body costs must be spread, so that others have their turns: against its own time, and a plain one's. */
async function holdsNobodyUp(
  t: Test,
  switchyard: Switchyard,
  all: readonly Shape[],
  statuses: readonly number[] = [200, 400],
): Promise<void> {
  const [plain, ...others] = all as [Shape, ...Shape[]];
  await asked(switchyard, plain);
  const control = await asked(switchyard, plain);
  for (const shape of others) {
    let once = await asked(switchyard, shape);
    // On a busy machine another process may have had the processor meanwhile.
    for (let more = 0; more < 4 && isHeld(once, control.held); more++) once = await asked(switchyard, shape);
    const { status, held, took, bystanders } = once;
    t.ok(statuses.includes(status), `${shape.name}: ${status}`);
    t.notOk(
      isHeld(once, control.held),
      `${shape.name}: ${held.toFixed(0)} ms of ${took.toFixed(0)} in one piece; a plain one ${control.held.toFixed(0)}`,
    );
    t.ok(bystanders > 2, `${shape.name}: ${bystanders} others were answered meanwhile`);
  }
}

t.test('a request of whatever shape is read while others are answered', patient, async (t) => {
  const { switchyard, seen } = await beforeCounting(t, {});
  await holdsNobodyUp(t, switchyard, shapes(BYTES));
  t.ok(seen.length > 15);
  for (const { told, bytes } of seen) t.equal(bytes, Number(told));
});

t.test('so is one whose target has another name for the model, and limits of its own', patient, async (t) => {
  const use = ownProvider(t, { maxTokens: 100 });
  const { switchyard, seen } = await beforeCounting(
    t,
    { use, models: { m: 'another' } },
    { strategy: { use: 'sticky' }, transport: 'undici' },
  );
  await holdsNobodyUp(t, switchyard, shapes(BYTES));
  for (const { told, bytes } of seen) t.equal(bytes, Number(told));
});

t.test('so is one that must be translated', patient, async (t) => {
  const use = ownProvider(t, { content: 'string', maxTokens: 100 });
  const { switchyard } = await beforeCounting(t, { use }, { workers: { threads: 1 } });
  await holdsNobodyUp(t, switchyard, shapes(BYTES / 2));
});

t.test('so is one with a long member that an API or a provider reads or replaces', patient, async (t) => {
  const { origin, close } = await startCounting();
  t.teardown(close);
  const baseUrl = `${origin}/v1`;
  const prompt = { system: 'Be kind.' };
  const switchyard = await startSwitchyard(t, {
    providers: {
      lab: { use: 'openai-compatible', baseUrl, models: { m: 'm' }, surfaces: ['chat'] },
      ollama: { baseUrl, models: { o: 'o' }, native: { numCtx: 4096, keepAlive: '5m' } },
      gemini: { baseUrl, apiKey: 'k', models: { g: 'another' }, rules: prompt },
      anthropic: { baseUrl, apiKey: 'k', models: { c: 'claude' } },
      deepseek: { baseUrl, apiKey: 'k', models: { d: 'deepseek' } },
    },
  });
  // Its upstream answers chats only: to others that is a 502.
  await holdsNobodyUp(
    t,
    switchyard,
    memberShapes(BYTES, { ollama: 'o', gemini: 'g', claude: 'c', thinks: 'd' }),
    [200, 400, 404, 502],
  );
});

t.test('a long body is read as a short one is', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: { models: { m: 'another name' } } });
  const padding = 'x'.repeat(1_000_000);
  const ask = (body: string, path = '/v1/chat/completions') => {
    upstream.forget();
    return switchyard.ask(path, { body });
  };
  const messages = '"messages":[{"role":"user","content":"hi"}]';
  const wrong = await ask(`{"model":[{"a":1}],${messages},"x":"${padding}"}`);
  t.match(wrong.json(), { error: { param: 'model', message: /must be a string; it is \[\{"a":1\}\]/ } });
  const long = await ask(`{"model":"${'m'.repeat(501)}",${messages},"x":"${padding}"}`);
  t.match(long.json(), { error: { message: /at most 500 characters; it has 501/ } });
  const escaped = `${'\\u006d'.repeat(500)}`;
  t.equal(
    (await ask(`{"model":"${escaped}",${messages},"x":"${padding}"}`)).status,
    200,
    '500 escapes are a name',
  );
  t.match((await ask(`{"model":null,${messages},"x":"${padding}"}`)).json(), {
    error: { message: /'model' is missing/ },
  });
  const stream = await ask(`{"model":"m","x":"${padding}","stream":true,${messages}}`);
  t.match(stream.headers['content-type'], 'text/event-stream');
  const body = `{"x":"${padding}","mod\\u0065l" : "m" ,"n":12345678901234567890,"model":"m"}`;
  await ask(body);
  t.equal(
    upstream.posts[0]?.body.toString(),
    body.replace(/"m"\}$/, '"another name"}'),
    'byte for byte but for the name',
  );
  await ask(`{"prompt":["a" , "b",["c"]],"model":"m","x":"${padding}","stream":true}`, '/v1/completions');
  t.equal(upstream.posts.length, 1);
});
