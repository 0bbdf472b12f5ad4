import type { FastifyRequest } from 'fastify';
import type { Host, ManagedProcess, SecretChanges, Upstream } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { isGiven } from '../../../kits/provider-kit/index.ts';
import type { StoredSecrets } from './answers/provider.ts';
import { processOf } from './process-of.ts';
import { readObject } from '../../../kits/surface-kit/index.ts';
import { listed, suggestion } from '../../../kits/feature-kit/index.ts';

/** The most characters that a value may have. */
const LONGEST = 65_536;

/**
 * `PUT /providers/{name}/secrets` stores secrets that a process gets from its next start on; `DELETE …/secrets/{NAME}`
 * deletes one. A value in the config takes precedence. No value is ever shown.
 */
export function secrets({ app, gateway }: Host): void {
  app.put('/providers/:name/secrets', (request) => keep(request, gateway));
  app.delete('/providers/:name/secrets/:secret', (request) => forget(request, gateway));
}

async function keep(request: FastifyRequest, gateway: Host['gateway']) {
  const upstream = keeper(gateway.upstreams.named(params(request).name));
  const given = valuesIn(request, upstream);
  await upstream.secrets.set(given);
  return answer(upstream, Object.keys(given));
}

async function forget(request: FastifyRequest, gateway: Host['gateway']) {
  const { name, secret } = params(request);
  const upstream = keeper(gateway.upstreams.named(name));
  // A secret that is no longer declared can still be deleted.
  if (upstream.secrets.get(secret) === undefined) mustBeDeclared(secret, upstream);
  await upstream.secrets.set({ [secret]: undefined });
  return answer(upstream, [secret]);
}

type Keeper = Upstream & {
  readonly process: ManagedProcess;
  readonly secrets: NonNullable<Upstream['secrets']>;
};

function keeper(upstream: Upstream): Keeper {
  const { name } = upstream.provider;
  processOf(upstream, `its key belongs into the config, as providers.${name}.apiKey`);
  return upstream as Keeper;
}

function answer({ provider, process, secrets: kept }: Keeper, changed: readonly string[]): StoredSecrets {
  const { name, process: spec } = provider;
  const declared = Object.entries(spec?.secrets ?? {});
  const outdone = declared.filter(
    ([one, secret]) => changed.includes(one) && isGiven(secret) && kept.get(one) !== undefined,
  );
  return {
    provider: name,
    success: true,
    secrets: declared.map(([one, secret]) => ({
      name: one,
      required: secret.required,
      description: secret.description,
      given: isGiven(secret) || kept.get(one) !== undefined,
      from: isGiven(secret) ? 'config' : kept.get(one) === undefined ? null : 'kept',
    })),
    lacks: process.lacks,
    remarks: [
      ...outdone.map(([one]) => `the config gives ${one} too, and its value holds`),
      ...(process.pid === undefined ? [] : [`${name} runs: it gets this with its next start`]),
    ],
  };
}

/** @throws GatewayError `invalid_request` or `invalid_json`, without quoting the body */
function valuesIn(request: FastifyRequest, upstream: Keeper): SecretChanges {
  const given = objectIn(request);
  if (Object.keys(given).length === 0)
    throw invalid(null, `name at least one secret: { "NAME": "value" }; ${thereAre(upstream)}`);
  for (const [name, value] of Object.entries(given)) {
    mustBeDeclared(name, upstream);
    if (typeof value !== 'string' || value.trim() === '')
      throw invalid(name, `'${name}' must be a text that is not empty; DELETE …/secrets/${name} forgets it`);
    if (/[\r\n\0]/.test(value)) throw invalid(name, `'${name}' must have no line breaks and no NUL`);
    if (value.length > LONGEST) throw invalid(name, `'${name}' is longer than ${LONGEST} characters`);
  }
  return given as SecretChanges;
}

/** The parser's own message would quote the body. */
function objectIn(request: FastifyRequest): Record<string, unknown> {
  try {
    return readObject(request);
  } catch {
    throw new GatewayError('invalid_json', 'the body must be a JSON object: { "NAME": "value" }');
  }
}

function mustBeDeclared(name: string, upstream: Keeper): void {
  const names = Object.keys(upstream.provider.process?.secrets ?? {});
  if (names.includes(name)) return;
  const short = name.slice(0, 100);
  throw invalid(
    name.slice(0, 100),
    `${upstream.provider.name} has no secret '${short}'${suggestion(short, names)}; ${thereAre(upstream)}`,
  );
}

const thereAre = ({ provider }: Keeper): string =>
  `there are: ${listed(Object.keys(provider.process?.secrets ?? {}))}`;

const params = ({ params: given }: FastifyRequest) => given as { name: string; secret: string };

const invalid = (param: string | null, message: string): GatewayError =>
  new GatewayError('invalid_request', message, param === null ? {} : { param });
