import type { FastifyRequest } from 'fastify';
import type { Berth } from '../../../core/berth.ts';
import { listed, suggestion } from '../../../core/config/names.ts';
import type { Host } from '../../../core/contracts.ts';
import { GatewayError } from '../../../core/errors.ts';
import { isGiven, type SecretChanges } from '../../../core/secrets.ts';
import type { Supervised } from '../../../core/supervisor/supervised.ts';
import type { KeptSecrets } from './answers/provider.ts';
import { readObject } from './read-object.ts';

/** The most characters that a value may have. */
const LONGEST = 65_536;

/**
 * `PUT /providers/{name}/secrets` keeps what its process is to get, from its next start on; `DELETE …/secrets/{NAME}`
 * forgets one. A value that the config gives goes first. None is ever shown.
 */
export function secrets({ app, yard }: Host): void {
  app.put('/providers/:name/secrets', (request) => keep(request, yard));
  app.delete('/providers/:name/secrets/:secret', (request) => forget(request, yard));
}

async function keep(request: FastifyRequest, yard: Host['yard']) {
  const berth = keeper(yard.berth(params(request).name));
  const given = valuesIn(request, berth);
  await berth.secrets.set(given);
  return answer(berth, Object.keys(given));
}

async function forget(request: FastifyRequest, yard: Host['yard']) {
  const { name, secret } = params(request);
  const berth = keeper(yard.berth(name));
  // One that is not declared any more can still be forgotten.
  if (berth.secrets.get(secret) === undefined) mustBeDeclared(secret, berth);
  await berth.secrets.set({ [secret]: undefined });
  return answer(berth, [secret]);
}

type Keeper = Berth & { readonly process: Supervised; readonly secrets: NonNullable<Berth['secrets']> };

function keeper(berth: Berth): Keeper {
  if (berth.process && berth.secrets) return berth as Keeper;
  const { name } = berth.provider;
  throw new GatewayError(
    'action_conflict',
    `${name} is no program of this gateway's: its key belongs into the config, as providers.${name}.apiKey`,
    { param: 'provider' },
  );
}

function answer({ provider, process, secrets: kept }: Keeper, changed: readonly string[]): KeptSecrets {
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

/** @throws GatewayError `invalid_request` or `invalid_json`, without a word of what was sent */
function valuesIn(request: FastifyRequest, berth: Keeper): SecretChanges {
  const given = objectIn(request);
  if (Object.keys(given).length === 0)
    throw invalid(null, `name at least one secret: { "NAME": "value" }; ${thereAre(berth)}`);
  for (const [name, value] of Object.entries(given)) {
    mustBeDeclared(name, berth);
    if (typeof value !== 'string' || value.trim() === '')
      throw invalid(name, `'${name}' must be a text that is not empty; DELETE …/secrets/${name} forgets it`);
    if (/[\r\n\0]/.test(value)) throw invalid(name, `'${name}' must have no line breaks and no NUL`);
    if (value.length > LONGEST) throw invalid(name, `'${name}' is longer than ${LONGEST} characters`);
  }
  return given as SecretChanges;
}

/** A parser's own message would quote what it read. */
function objectIn(request: FastifyRequest): Record<string, unknown> {
  try {
    return readObject(request);
  } catch {
    throw new GatewayError('invalid_json', 'the body must be a JSON object: { "NAME": "value" }');
  }
}

function mustBeDeclared(name: string, berth: Keeper): void {
  const names = Object.keys(berth.provider.process?.secrets ?? {});
  if (names.includes(name)) return;
  const short = name.slice(0, 100);
  throw invalid(
    name.slice(0, 100),
    `${berth.provider.name} has no secret '${short}'${suggestion(short, names)}; ${thereAre(berth)}`,
  );
}

const thereAre = ({ provider }: Keeper): string =>
  `there are: ${listed(Object.keys(provider.process?.secrets ?? {}))}`;

const params = ({ params: given }: FastifyRequest) => given as { name: string; secret: string };

const invalid = (param: string | null, message: string): GatewayError =>
  new GatewayError('invalid_request', message, param === null ? {} : { param });
