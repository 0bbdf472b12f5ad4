import {
  type Call,
  type OptionsOf,
  type Named,
  type RemoteFacts,
  type Facts,
  WEBSOCKETS,
} from '../../kits/provider-kit/index.ts';
import { type azureOptions, KEYS } from './options.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Options = OptionsOf<typeof azureOptions> & Named;

/** Paths that stand below a deployment where the version is a date. The others name it in the body. */
const OF_DEPLOYMENT = /^\/(?:chat\/completions|completions|embeddings|images\/|audio\/)/;

/** Stands in the base URL of a provider whose endpoint is not known: it is never asked. */
const NOWHERE = 'https://azure.invalid';

const SURFACES = ['chat', 'completions', 'embeddings', 'responses', 'images', 'audio', 'files', 'batches'];

/** What a provider of this kind has in its options, and what it is. */
export function azureParts({ endpoint, apiVersion, token, ...options }: Options, env: Environment) {
  const base = endpoint ?? env.AZURE_OPENAI_ENDPOINT ?? env.AZURE_API_BASE ?? byName(env.AZURE_RESOURCE_NAME);
  const version = apiVersion ?? env.OPENAI_API_VERSION ?? env.AZURE_API_VERSION;
  const isDated = version !== undefined && /^\d/.test(version);
  const hasKey = [options.apiKey, ...KEYS.map((name) => env[name])].some((key) => key?.trim());
  const entra = token ?? (hasKey ? undefined : env.AZURE_OPENAI_AD_TOKEN);
  const root = (base ?? NOWHERE).replace(/(?:\/openai)?(?:\/v1)?\/*$/, '');
  const query = version === undefined ? '' : `?api-version=${encodeURIComponent(version)}`;
  const facts: Facts & RemoteFacts = {
    baseUrl: `${root}/openai${isDated ? '' : '/v1'}${query}`,
    keyFrom: token === undefined ? KEYS : [],
    keyHeader: 'api-key',
    // Its list has the models that could be deployed, not the deployments.
    modelsPath: false,
    // The dated versions name the deployment of a realtime session in another way.
    surfaces: isDated ? SURFACES : [...SURFACES, ...WEBSOCKETS],
    ...(isDated && { path: deploymentPath }),
    ...(base === undefined &&
      options.baseUrl === undefined && {
        lacks: [`set providers.${options.name}.endpoint, or AZURE_OPENAI_ENDPOINT: the resource's address`],
      }),
  };
  const headers =
    entra === undefined ? options.headers : { authorization: `Bearer ${entra}`, ...options.headers };
  return { options: { ...options, ...(headers && { headers }) }, facts };
}

const byName = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : `https://${name}.openai.azure.com`;

const deploymentPath = ({ path }: Call, deployment: string): string =>
  OF_DEPLOYMENT.test(path) ? `/deployments/${encodeURIComponent(deployment)}${path}` : path;
