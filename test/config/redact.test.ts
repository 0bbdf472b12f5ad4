import t from 'tap';
import { redact } from '../../config/redact.ts';
import { load } from './stub-gateway.ts';

const CONFIG = `
server: { apiKeys: [a-long-enough-key] }
providers:
  grok2api: { secrets: { SSO: sso-value } }
  lab:
    use: openai-compatible
    baseUrl: http://127.0.0.1:1/v1?api_key=abc&x=1
    apiKey: sk-lab
    headers: { X-Api-Key: abc, Cookie: c=1, X-Plain: shown }
  walled: { use: openai-compatible, baseUrl: "http://me:pass@127.0.0.1:1/v1" }
  mine: { use: process, command: [node], env: { PASSWORD: p, PORT: "1" } }
`;

t.test('a config for showing holds no secret, marked or named', async (t) => {
  const { config, schema } = await load(t, { config: CONFIG });
  const shown = redact(config, schema);
  t.match(shown.server, { apiKeys: ['***'], port: 7999 });
  t.match(shown.providers, {
    grok2api: { secrets: { SSO: '***' } },
    lab: {
      baseUrl: 'http://127.0.0.1:1/v1?api_key=***&x=1',
      apiKey: '***',
      headers: { 'X-Api-Key': '***', Cookie: '***', 'X-Plain': 'shown' },
    },
    walled: { baseUrl: 'http://***@127.0.0.1:1/v1' },
    mine: { env: { PASSWORD: '***', PORT: '1' } },
  });
  t.equal(config.providers.lab!.apiKey, 'sk-lab', 'the config itself keeps them');
});

t.test("a feature's secrets are masked too", async (t) => {
  const notify = `export default { name: 'notify', options: { properties: { to: { type: 'string', format: 'secret' }, maxTokens: { type: 'integer', default: 5 } } }, create() {} };`;
  const { config, schema } = await load(t, {
    config: 'notify: { to: somewhere }',
    files: { 'plugins/notify.ts': notify },
  });
  t.same(config.features.notify, { to: 'somewhere', maxTokens: 5 });
  t.same(redact(config, schema).features.notify, { to: '***', maxTokens: 5 });
});
