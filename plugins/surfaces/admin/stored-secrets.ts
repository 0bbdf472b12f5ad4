import type { FastifyRequest } from 'fastify';
import type { Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { isSecretName, Secrets } from '../../../kits/secret-kit/index.ts';
import { readObject } from '../../../kits/surface-kit/index.ts';
import type { SecretList, SecretStored } from './answers/secrets.ts';

/** The most characters that a value may have. */
const LONGEST = 65_536;

/**
 * Secrets that the config refers to as `${secret:NAME}`: `GET /secrets` lists their names, `PUT /secrets/{name}` stores one,
 * and `DELETE` removes it. The config is read again at once. No value is ever shown.
 */
export function storedSecrets({ app, gateway, config, env }: Host): void {
  const open = (): Promise<Secrets> => Secrets.open({ home: config.home, env });
  const { settings } = gateway;
  const apply = async (): Promise<string | null> => {
    if (settings.file === undefined) return 'the config has no file, so it takes this with the next start';
    return settings.reload().then(
      () => null,
      (error: Error) => error.message,
    );
  };

  const list = async (): Promise<SecretList> => ({
    data: (await open()).list().filter(({ name }) => isSecretName(name)),
  });
  const store = async (name: string, value: string): Promise<SecretStored> => {
    await (await open()).change({ [name]: value });
    return { name, success: true, problem: await apply() };
  };
  const remove = async (name: string): Promise<SecretStored> => {
    const secrets = await open();
    const before = secrets.get(name);
    await secrets.change({ [name]: undefined });
    const problem = await apply();
    if (problem === null || before === undefined) return { name, success: true, problem };
    // The next start would fail without it.
    await secrets.change({ [name]: before });
    throw new GatewayError(
      'action_conflict',
      `'${name}' stays: without it the config could not be read. ${problem}`,
    );
  };

  app.get('/secrets', list);
  app.put('/secrets/:name', (request) => store(nameIn(request), valueIn(request)));
  app.delete('/secrets/:name', (request) => remove(nameIn(request)));
}

function nameIn({ params }: FastifyRequest): string {
  const { name } = params as { name: string };
  if (isSecretName(name)) return name;
  const allowed = 'a letter or _, then letters, digits, _, - and .; at most 100';
  throw invalid('name', `'${name.slice(0, 100)}' is no name of a secret: ${allowed}`);
}

/** The parser's own message would quote the body. */
function valueIn(request: FastifyRequest): string {
  let value: unknown;
  try {
    ({ value } = readObject(request));
  } catch {
    throw new GatewayError('invalid_json', 'the body must be a JSON object: { "value": "…" }');
  }
  if (typeof value !== 'string' || value.trim() === '')
    throw invalid('value', `'value' must be a text that is not empty: { "value": "…" }`);
  if (/[\r\n\0]/.test(value))
    throw invalid('value', "'value' must have no line breaks and no NUL; encode it, in base64 for example");
  if (value.length > LONGEST)
    throw invalid('value', `'value' has ${value.length} characters; at most ${LONGEST} are allowed`);
  return value;
}

const invalid = (param: string, message: string): GatewayError =>
  new GatewayError('invalid_request', message, { param });
