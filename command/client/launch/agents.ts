import { Failure, EXIT } from '../fail.ts';
import { geminiHome } from './gemini-home.ts';
import type { Model } from './models.ts';

/** Where the agent is to send its requests. */
export interface Destination {
  /** the gateway's, without a slash at the end */
  readonly url: string;
  readonly key: string;
  /** the model that was named; undefined: the agent asks for its own default */
  readonly model: Model | undefined;
  /** the gateway's models */
  readonly models: readonly Model[];
}

/** What an agent is started with. */
export interface Start {
  readonly env: Readonly<Record<string, string>>;
  /** variables that would point it elsewhere */
  readonly unset: readonly string[];
  readonly args: readonly string[];
  /** a folder made for this run, and removed after it */
  readonly folder?: {
    /** the variable that names it */
    readonly variable: string;
    readonly about: string;
    readonly make: () => Promise<string>;
  };
}

export interface Agent {
  readonly name: string;
  readonly command: string;
  readonly packageName: string;
  readonly start: (destination: Destination) => Start;
}

/** The agents that `launch` knows. Verified with the versions in docs/compatibility.md. */
export const AGENTS: readonly Agent[] = [
  { name: 'claude', command: 'claude', packageName: '@anthropic-ai/claude-code', start: claude },
  { name: 'codex', command: 'codex', packageName: '@openai/codex', start: codex },
  { name: 'gemini', command: 'gemini', packageName: '@google/gemini-cli', start: gemini },
  { name: 'opencode', command: 'opencode', packageName: 'opencode-ai', start: opencode },
  { name: 'qwen', command: 'qwen', packageName: '@qwen-code/qwen-code', start: qwen },
];

const CLOUDS = [
  'BEDROCK',
  'VERTEX',
  'FOUNDRY',
  'MANTLE',
  'ANTHROPIC_AWS',
  'ANTHROPIC_GOOGLE_CLOUD',
  'GATEWAY',
];

function claude({ url, key, model }: Destination): Start {
  // Background work and subagents ask for a tier, not for the chosen model.
  const tiers = ['MODEL', 'DEFAULT_OPUS_MODEL', 'DEFAULT_SONNET_MODEL', 'DEFAULT_HAIKU_MODEL'];
  return {
    env: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      // The user's settings may name another address or model.
      CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1',
      CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
      ...(model && Object.fromEntries(tiers.map((tier) => [`ANTHROPIC_${tier}`, model.id]))),
      ...(model?.window && { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(model.window) }),
    },
    unset: ['ANTHROPIC_API_KEY', ...CLOUDS.map((cloud) => `CLAUDE_CODE_USE_${cloud}`)],
    args: [],
  };
}

function codex({ url, key, model }: Destination): Start {
  const provider = {
    name: 'Switchyard',
    base_url: `${url}/v1`,
    wire_api: 'responses',
    env_key: 'SWITCHYARD_KEY',
  };
  const table = Object.entries(provider).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const settings = [
    'model_provider="switchyard"',
    `model_providers.switchyard={${table.join(',')}}`,
    ...(model ? [`model=${JSON.stringify(model.id)}`] : []),
    ...(model?.window ? [`model_context_window=${model.window}`] : []),
  ];
  return { env: { SWITCHYARD_KEY: key }, unset: [], args: settings.flatMap((setting) => ['-c', setting]) };
}

function gemini({ url, key, model }: Destination): Start {
  return {
    env: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key, ...(model && { GEMINI_MODEL: model.id }) },
    unset: ['GOOGLE_API_KEY', 'GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_GENAI_USE_GCA'],
    args: [],
    folder: {
      variable: 'GEMINI_CLI_HOME',
      about: 'a copy of the settings in ~/.gemini that chooses the key, with links to the rest',
      make: geminiHome,
    },
  };
}

function opencode({ url, key, model, models }: Destination): Start {
  const [first] = model ? [model] : models;
  if (!first) throw new Failure('launch opencode: name a model with --model', EXIT.usage);
  const all = [first, ...models].map(({ id, window }) => [
    id,
    window === undefined ? {} : { limit: { context: window, output: Math.min(32_000, window) } },
  ]);
  const config = {
    provider: {
      switchyard: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Switchyard',
        options: { baseURL: `${url}/v1`, apiKey: '{env:SWITCHYARD_KEY}' },
        models: Object.fromEntries(all),
      },
    },
    model: `switchyard/${first.id}`,
    small_model: `switchyard/${first.id}`,
  };
  return {
    env: { SWITCHYARD_KEY: key, OPENCODE_CONFIG_CONTENT: JSON.stringify(config) },
    unset: [],
    args: [],
  };
}

function qwen({ url, key, model }: Destination): Start {
  return {
    env: {
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_KEY: key,
      ...(model && { OPENAI_MODEL: model.id }),
    },
    unset: [],
    // The user's settings may name another address; arguments come before them.
    args: [
      '--auth-type',
      'openai',
      '--openai-base-url',
      `${url}/v1`,
      ...(model ? ['--model', model.id] : []),
    ],
  };
}
