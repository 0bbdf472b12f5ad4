/** What Ollama's clients learn of models that other servers have. */
import { Ollama } from 'ollama';
import t from 'tap';
import { says, startStandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard, type Parsed } from '../../../switchyard.ts';

t.test('models are listed and described by what is known of them', async (t) => {
  const list = [
    { id: 'one', created: 1_700_000_000, max_model_len: 8_192 },
    { id: 'eyes', capabilities: { vision: true, function_calling: false } },
    { id: 'text-embedding-3-small' },
    { name: 'command-a', endpoints: ['chat'], context_length: 256_000 },
    { name: 'vectors', endpoints: ['embed'] },
    { name: 'models/g', supportedGenerationMethods: ['generateContent'], inputTokenLimit: 1_000 },
  ];
  const server = await startStandIn(t, { 'GET /v1/models': says(200, { data: list }) });
  const providers = { server: { use: 'openai-compatible', baseUrl: `${server.url}/v1` } };
  const switchyard = await startSwitchyard(t, { providers });
  const client = new Ollama({ host: switchyard.url });
  t.match((await client.list()).models, [
    { name: 'one', model: 'one', modified_at: '2023-11-14T22:13:20.000Z', digest: /^[0-9a-f]{64}$/, size: 0 },
    { name: 'eyes' },
    { name: 'text-embedding-3-small' },
  ]);
  const shown: Parsed = await client.show({ model: 'one:latest' });
  t.match(shown, { capabilities: ['completion', 'tools'], details: { family: 'server' } });
  const { model_info: info } = shown;
  t.equal(info[`${info['general.architecture']}.context_length`], 8_192, 'where VS Code reads it');
  t.equal(info['general.basename'], 'one');
  t.strictSame((await client.show({ model: 'eyes' })).capabilities, ['completion', 'vision']);
  t.strictSame((await client.show({ model: 'text-embedding-3-small' })).capabilities, ['embedding']);
  t.match(
    (await switchyard.ask('/api/show', { body: { name: 'one' } })).json(),
    { details: {} },
    'by its old name',
  );
  t.strictSame((await client.ps()).models, []);
  const { version } = (await switchyard.ask('/api/version')).json();
  t.match(version, /^0\.(?:[7-9]|\d\d)/, 'VS Code asks for 0.6.4');
});
