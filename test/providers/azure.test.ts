import t, { type Test } from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { startUpstream, type UpstreamOptions } from '../upstream/upstream.ts';

const DATED = '2024-10-21';
const deployed = (name: string): string => `/openai/deployments/${name}`;

async function open(
  t: Test,
  azure: Record<string, unknown>,
  given: UpstreamOptions & { env?: Record<string, string> },
) {
  const { env, ...options } = given;
  const upstream = await startUpstream({ interval: 0, ...options });
  t.teardown(() => upstream.close());
  const endpoint = { endpoint: `${upstream.origin}/` };
  const switchyard = await startSwitchyard(
    t,
    { providers: { azure: { ...endpoint, ...azure } } },
    { env: env ?? { AZURE_OPENAI_API_KEY: 'azure-key' } },
  );
  return { upstream, switchyard };
}

t.test('its v1 API gets the deployment as the model, and the key in api-key', async (t) => {
  const models = { 'gpt-4o': 'my-deployment' };
  const { upstream, switchyard } = await open(t, { models }, { prefix: '/openai/v1' });
  for (const stream of [false, true]) {
    const answer = await switchyard.chat(
      { model: 'gpt-4o', stream },
      { headers: { authorization: 'Bearer own' } },
    );
    t.equal(answer.status, 200);
    const sent = upstream.posts.at(-1);
    t.match(sent, { path: '/openai/v1/chat/completions', headers: { 'api-key': 'azure-key' } });
    t.notOk(sent?.headers.authorization);
    t.equal(sent?.json().model, 'my-deployment');
  }
  await switchyard.ask('/v1/responses', { body: { model: 'gpt-4o', input: 'a' } });
  t.equal(upstream.posts.at(-1)?.path, '/openai/v1/responses');
});

t.test('by a dated version the deployment stands in the path, with the version', async (t) => {
  const models = { chat: 'my chat', embed: 'e' };
  const azure = { models, apiVersion: DATED };
  const { upstream, switchyard } = await open(t, azure, { prefix: deployed('my%20chat') });
  t.equal((await switchyard.chat({ model: 'chat' })).status, 200);
  t.match(upstream.posts.at(-1), {
    path: `${deployed('my%20chat')}/chat/completions?api-version=${DATED}`,
    headers: { 'api-key': 'azure-key' },
  });
  await switchyard.ask('/v1/embeddings', { body: { model: 'embed', input: 'a' } });
  t.equal(upstream.posts.at(-1)?.path, `${deployed('e')}/embeddings?api-version=${DATED}`);
  await switchyard.ask('/v1/responses', { body: { model: 'chat', input: 'a' } });
  const paths = upstream.posts.map(({ path }) => path);
  t.ok(paths.includes(`/openai/responses?api-version=${DATED}`), 'the body names it there');
});

t.test('without a map any name is a deployment, and no list of models is fetched', async (t) => {
  const { upstream, switchyard } = await open(t, {}, { prefix: '/openai/v1' });
  t.equal((await switchyard.chat({ model: 'whatever' })).status, 200);
  t.equal(upstream.posts.at(-1)?.json().model, 'whatever');
  t.equal(upstream.requests.length, 1);
});

t.test('an Entra token is sent as a bearer token', async (t) => {
  const env = { AZURE_OPENAI_AD_TOKEN: 'entra-token' };
  const { upstream, switchyard } = await open(t, {}, { prefix: '/openai/v1', env });
  await switchyard.chat({ model: 'm' }, { headers: { authorization: 'Bearer own' } });
  t.match(upstream.posts.at(-1)?.headers, { authorization: 'Bearer entra-token', 'api-key': undefined });
  const byOption = await open(t, { token: 'other' }, { prefix: '/openai/v1' });
  await byOption.switchyard.chat({ model: 'm' });
  t.match(byOption.upstream.posts.at(-1)?.headers, { authorization: 'Bearer other', 'api-key': undefined });
});

t.test('the environment says the endpoint and the version, in the names of several tools', async (t) => {
  const upstream = await startUpstream({ interval: 0, prefix: deployed('m') });
  t.teardown(() => upstream.close());
  const version = { OPENAI_API_VERSION: DATED };
  for (const env of [
    { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: upstream.origin, ...version },
    { AZURE_API_KEY: 'k', AZURE_API_BASE: `${upstream.origin}/openai/`, AZURE_API_VERSION: DATED },
  ]) {
    const switchyard = await startSwitchyard(t, { discover: true }, { env });
    t.equal(
      (await switchyard.ask('/v1/chat/completions?provider=azure', { body: { model: 'm' } })).status,
      200,
    );
    t.equal(upstream.posts.at(-1)?.path, `${deployed('m')}/chat/completions?api-version=${DATED}`);
    await switchyard.close();
  }
});

t.test('a key without an endpoint: the error says what to give', async (t) => {
  const switchyard = await startSwitchyard(
    t,
    { providers: { azure: {} } },
    { env: { AZURE_OPENAI_API_KEY: 'k' } },
  );
  const answer = await switchyard.chat({ model: 'm' });
  t.equal(answer.status, 503);
  t.match(answer.json().error.message, /azure.*set providers\.azure\.endpoint, or AZURE_OPENAI_ENDPOINT/);
});

t.test('notes of its content filter pass, and commit to nothing', async (t) => {
  const { upstream, switchyard } = await open(t, {}, { prefix: '/openai/v1' });
  const frame = (body: object): string => `data: ${JSON.stringify(body)}\n\n`;
  const head = { id: '', object: '', created: 0, model: '' };
  const filter = [
    { prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: 'safe' } } },
  ];
  const first = frame({ choices: [], ...head, prompt_filter_results: filter });
  const chunk = (delta: object, reason: string | null, results: object) =>
    frame({
      ...head,
      id: 'c',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: reason, content_filter_results: results }],
    });
  const safe = { hate: { filtered: false, severity: 'safe' } };
  const body =
    first +
    chunk({ role: 'assistant', content: '' }, null, {}) +
    chunk({ content: 'Hello' }, null, safe) +
    chunk({}, 'stop', {}) +
    'data: [DONE]\n\n';
  upstream.behaveOnce('status', { code: 200, contentType: 'text/event-stream', body });
  const answer = await switchyard.chat({ model: 'm', stream: true });
  t.equal(answer.text, body);
  const broken = first + frame({ error: { message: 'overloaded', code: '503' } });
  upstream.behaveOnce('status', { code: 200, contentType: 'text/event-stream', body: broken });
  const other = await switchyard.chat({ model: 'm', stream: true });
  t.equal(other.status, 200, 'nothing had been sent: it was asked again');
});

t.test('its refusals pass: content filter, unknown deployment', async (t) => {
  const { upstream, switchyard } = await open(t, {}, { prefix: '/openai/v1' });
  const filtered = {
    error: {
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { jailbreak: { filtered: true } },
      },
    },
  };
  upstream.behaveOnce('status', { code: 400, body: filtered });
  const answer = await switchyard.chat({ model: 'm' });
  t.match(answer, { status: 400 });
  t.strictSame(answer.json(), filtered);
  t.equal(upstream.posts.length, 1, 'it is not asked again');
  const missing = {
    error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
  };
  upstream.behaveOnce('status', { code: 404, body: missing });
  t.match(await switchyard.chat({ model: 'm' }), { status: 404 });
});
