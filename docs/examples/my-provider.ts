import { remote, remoteOptions, type OptionsOf, type ProviderPlugin } from 'switchyard-gateway/provider-kit';

const options = {
  ...remoteOptions,
  properties: {
    ...remoteOptions.properties,
    team: { type: 'string', default: 'research', description: 'The team that pays, sent as `x-team`.' },
  },
} as const;

/** A company's own server: it speaks OpenAI, reads the paying team and the urgency from headers, and never streams. */
export default {
  name: 'my-provider',
  options,
  create({ team, ...given }, host) {
    const provider = remote(given, host, {
      baseUrl: 'http://127.0.0.1:9101/v1',
      keyFrom: 'MY_KEY',
      quirks: { streams: 'never' },
    });
    return {
      ...provider,
      request(call, target) {
        const request = provider.request(call, target);
        const urgency = call.stream ? 'interactive' : 'batch';
        return { ...request, headers: { ...request.headers, 'x-team': team, 'x-urgency': urgency } };
      },
    };
  },
} satisfies ProviderPlugin<OptionsOf<typeof options>>;
