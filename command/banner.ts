import type { Gateway } from '../core/contracts/index.ts';
import type { Loaded } from '../config/check.ts';

/** What a person sees first: the providers found, the address, and one line to try. */
export function banner(url: string, { file, config }: Loaded, gateway: Gateway): string {
  const keyed = config.server.apiKeys.length > 0;
  // Programs that the config does not name are listed by GET /providers; here they would hide the providers in use.
  const upstreams = [...gateway.upstreams.values()].filter(({ dormant }) => !dormant);
  const alone = upstreams.every(({ provider }) => provider.lastResort);
  const asked = upstreams.filter(({ provider }) => alone || !provider.lastResort);
  const lines = asked.map(
    ({ provider }) => `  ${provider.name}${modelsOf(provider.models, provider.defaultModel)}`,
  );
  const model = [...gateway.models.names().keys()][0] ?? 'gpt-3.5-turbo';
  return [
    `Switchyard is listening on ${url}`,
    file ? `Config: ${file}` : 'Config: none; the defaults are used',
    ...(alone
      ? [
          'No provider is configured, the environment has no API key, and no local server was found,',
          'so the gateway answers with a small model (135M parameters), which it downloads once (127 MB).',
        ]
      : ['Providers:', ...lines]),
    '',
    keyed ? 'Try it, with one of server.apiKeys as KEY:' : 'Try it:',
    `  curl ${url}/v1/chat/completions -H 'Content-Type: application/json'${keyed ? ' -H "Authorization: Bearer $KEY"' : ''} \\`,
    `    -d '${inQuotes(`{"model": ${JSON.stringify(model)}, "messages": [{"role": "user", "content": "What is the capital of France?"}]}`)}'`,
    '',
    '',
  ].join('\n');
}

function modelsOf(
  models: Readonly<Record<string, string>> | undefined,
  fallback: string | undefined,
): string {
  const names = Object.keys(models ?? {});
  if (names.length === 0) return fallback === undefined ? '' : ` (${fallback} and more)`;
  return `: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}

/** Model names come from upstreams too: none may end the quotes of a line that is pasted into a shell. */
function inQuotes(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}
