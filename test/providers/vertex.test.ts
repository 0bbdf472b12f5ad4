/** Vertex AI: whose requests a service account's tokens authorize. */
import { createRequire } from 'node:module';
import t from 'tap';
import vertex from '../../providers/vertex.ts';
import type { Parsed } from '../plugins/surfaces/openai/recorded.ts';
import { startSwitchyard } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { account, FOLDER, startGoogle } from './fake-google.ts';

const HI = { messages: [{ role: 'user', content: 'hi' }] };

const isLoaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((file) =>
    /node_modules\/google-auth-library\//.test(file),
  );

t.test('a service account’s token authorizes each request, and is asked for once', async (t) => {
  const google = await startGoogle(t);
  const folder = testFolder(t, { 'account.json': account(google.url) });
  const options = { baseUrl: `${google.url}${FOLDER}`, keyFile: `${folder}/account.json` };
  const models = { m: 'gemini-own' };
  const switchyard = await startSwitchyard(t, { providers: { vertex: { ...options, models } } });
  t.notOk(isLoaded(), 'Google’s library is not loaded before it is needed');
  for (let nth = 0; nth < 3; nth++) {
    const headers = { authorization: 'Bearer a-callers-key' };
    const answer = await switchyard.ask('/v1/chat/completions', { headers, body: { model: 'm', ...HI } });
    t.match(answer.json().choices, [{ message: { content: /There are/ } }]);
  }
  t.ok(isLoaded());
  const asked = google.asked.filter(([path]) => path.startsWith('POST'));
  const expected = [`POST ${FOLDER}/models/gemini-own:generateContent`, 'Bearer token-1'];
  t.strictSame(asked, [expected, expected, expected]);
  t.match(google.claims, [
    {
      isSigned: true,
      iss: 'gateway@p.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
    },
  ]);
});

t.test('a token is renewed before it ends', async (t) => {
  const google = await startGoogle(t);
  google.holds = 240;
  const options = {
    baseUrl: `${google.url}${FOLDER}`,
    credentials: account(google.url),
    models: { m: 'gemini-own' },
  };
  const switchyard = await startSwitchyard(t, { providers: { vertex: options } });
  for (let nth = 0; nth < 2; nth++) await switchyard.chat({ model: 'm', ...HI });
  const keys = google.asked.filter(([path]) => path.startsWith('POST')).map(([, key]) => key);
  t.strictSame(keys, ['Bearer token-1', 'Bearer token-2'], 'four minutes are too few');
});

t.test('its list of models is in no project', async (t) => {
  const google = await startGoogle(t);
  const options = { baseUrl: `${google.url}${FOLDER}`, credentials: account(google.url) };
  const switchyard = await startSwitchyard(t, { providers: { vertex: options } });
  t.match((await switchyard.ask('/v1/models')).json(), { data: [{ id: 'gemini-own' }] });
});

t.test('a token that is not given is a failure that says so, and nothing is asked', async (t) => {
  const google = await startGoogle(t);
  const credentials = account(`${google.url}/nowhere`);
  const options = { baseUrl: `${google.url}${FOLDER}`, credentials, models: { m: 'gemini-own' } };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers: { vertex: options } });
  const answer = await switchyard.chat({ model: 'm', ...HI });
  t.equal(answer.status, 502);
  t.notMatch(answer.text, /PRIVATE KEY/);
  t.notOk(google.asked.some(([path]) => path.startsWith('POST /v1')));
});

t.test('project, region and key lead to the address that Google has for them', (t) => {
  const host = (env: object) => ({ env, now: () => 0 }) as Parsed;
  const call = {
    path: '/models/m:generateContent',
    method: 'POST',
    headers: {},
    raw: Buffer.alloc(0),
    model: 'm',
  };
  const target = { model: 'm', name: 'm' };
  const credentials = JSON.stringify({ type: 'service_account', project_id: 'of-the-file' });
  const address = (options: object, env: object = {}) => {
    const provider = vertex.create({ name: 'vertex', ...options } as Parsed, host(env));
    const { origin, path, headers, authorize } = provider.request(call as Parsed, target as Parsed);
    return [`${origin}${path}`, headers['x-goog-api-key'], authorize !== undefined];
  };
  const models = 'publishers/google/models/m:generateContent';
  for (const [options, env, expected] of [
    [
      { project: 'p' },
      {},
      ['https://aiplatform.googleapis.com/v1/projects/p/locations/global', undefined, true],
    ],
    [
      { project: 'p', location: 'us-central1' },
      {},
      ['https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1', undefined, true],
    ],
    [
      {},
      { GOOGLE_VERTEX_PROJECT: 'q', GOOGLE_VERTEX_LOCATION: 'europe-west4' },
      [
        'https://europe-west4-aiplatform.googleapis.com/v1/projects/q/locations/europe-west4',
        undefined,
        true,
      ],
    ],
    [
      { credentials },
      {},
      ['https://aiplatform.googleapis.com/v1/projects/of-the-file/locations/global', undefined, true],
    ],
    [{ apiKey: 'AIza' }, {}, ['https://aiplatform.googleapis.com/v1', 'AIza', false]],
  ] as const)
    t.strictSame(address(options, env), [`${expected[0]}/${models}`, expected[1], expected[2]]);
  t.match(vertex.create({ name: 'vertex' } as Parsed, host({})).lacks, [/providers\.vertex\.project/]);
  t.throws(() => address({ credentials: 'no JSON' }), {
    code: 'config_invalid',
    message: /vertex\.credentials/,
  });
  t.throws(() => address({}, { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json' }), {
    message: /nowhere\.json/,
  });
  t.end();
});
