import type { Gateway, Provider } from '../core/contracts/index.ts';
import { chatModel } from '../wire/chat-model.ts';
import type { Loaded } from '../config/check.ts';

/** What a person sees first: where to go, the providers found, what they lack, and one line to try. */
export function banner(url: string, { file, config }: Loaded, gateway: Gateway): string {
  const keyed = config.server.apiKeys.length > 0;
  // Programs that the config does not name are listed by GET /providers; here they would hide the providers in use.
  const upstreams = [...gateway.upstreams.values()].filter(({ dormant }) => !dormant);
  const alone = upstreams.every(({ provider }) => provider.lastResort);
  const asked = upstreams.filter(({ provider }) => alone || !provider.lastResort);
  const able = asked.find(({ lacks, provider }) => lacks.length === 0 && provider.defaultModel !== undefined);
  const model = chatModel(gateway.models.names().keys()) ?? able?.provider.defaultModel;
  const body = {
    model: model ?? 'MODEL',
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
  };
  return [
    ...(config.features.dashboard?.enabled === false ? [] : [`Dashboard: ${url}/`]),
    `API: ${url}/v1`,
    file ? `Config: ${file}` : 'Config: none; the defaults are used',
    ...(alone
      ? [
          'No provider is configured, the environment has no API key, and no local server was found,',
          'so the gateway answers with a small model (135M parameters), which it downloads once (127 MB).',
        ]
      : ['Providers:', ...asked.map(({ provider, lacks }) => `  ${provider.name}${about(provider, lacks)}`)]),
    '',
    `Try it${keyed ? ', with one of server.apiKeys as KEY' : ''}${model === undefined ? `, with a MODEL that ${url}/v1/models lists` : ''}:`,
    `  curl ${url}/v1/chat/completions -H 'Content-Type: application/json'${keyed ? ' -H "Authorization: Bearer $KEY"' : ''} \\`,
    `    -d '${inQuotes(JSON.stringify(body))}'`,
    '',
    '',
  ].join('\n');
}

function about({ models = {}, defaultModel }: Provider, lacks: readonly string[]): string {
  if (lacks.length > 0) return ` cannot answer yet: ${lacks.join('; ')}`;
  const names = Object.keys(models);
  if (names.length === 0) return defaultModel === undefined ? '' : ` (${defaultModel} and more)`;
  return `: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}

/** Model names come from upstreams too: none may end the quotes of a line that is pasted into a shell. */
function inQuotes(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}
