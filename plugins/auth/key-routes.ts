import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { readObject } from '../../kits/surface-kit/index.ts';
import type { Unsent } from '../../kits/feature-kit/answers.ts';
import type { Key, Keys, MadeKey, RevokedKey } from './answers.ts';
import type { ApiKey } from './api-key.ts';
import { newKey, readRevoke, readRotate, readTraits } from './read-key.ts';
import type { KeysElsewhere } from './threads/keys-elsewhere.ts';
import type { Keyring, Shown } from './keyring.ts';

/** `/keys`: makes, lists, changes, rotates, revokes and removes keys. A key's text is in the answer that made it, and nowhere else. */
export function keyRoutes(
  { app, date }: Host,
  keyring: Keyring,
  elsewhere: KeysElsewhere,
  hasOtherAdmin: () => boolean,
): void {
  const named = (request: FastifyRequest): ApiKey => keyring.named(nameIn(request));

  app.get('/keys', () =>
    elsewhere
      .running()
      .then((running): Unsent<Keys> => ({ data: keyring.all.map((key) => describe(key, running)) })),
  );
  app.get('/keys/:name', (request) =>
    elsewhere.running().then((running) => describe(named(request), running)),
  );
  app.post('/keys', (request, reply) => {
    const traits = newKey(readTraits(readObject(request)));
    if (keyring.size === 0 && traits.role !== 'admin' && !hasOtherAdmin()) throw firstIsAdmin();
    return keyring.create(traits).then((made) => shown(reply, made));
  });
  app.patch('/keys/:name', (request) =>
    keyring.change(nameIn(request), readTraits(readObject(request))).then((key) => describe(key)),
  );
  app.post('/keys/:name/rotate', (request, reply) => {
    const until = readRotate(readObject(request), date());
    return keyring.rotate(nameIn(request), until).then((made) => shown(reply, made));
  });
  app.post('/keys/:name/revoke', (request) => {
    const { now } = readRevoke(readObject(request));
    return keyring.revoke(nameIn(request), now).then(async ({ key, ended }): Promise<Unsent<RevokedKey>> => {
      const others = now ? await elsewhere.end(key.id) : 0;
      return { ...describe(key), ended: ended + others };
    });
  });
  app.delete('/keys/:name', (request) => {
    const { name } = named(request);
    return keyring.remove(name).then(() => ({ removed: name }));
  });
}

const nameIn = ({ params }: FastifyRequest): string => (params as { name: string }).name;

function shown(reply: FastifyReply, { key, text }: Shown): Unsent<MadeKey> {
  reply.header('cache-control', 'no-store');
  return { key: text, ...describe(key) };
}

/** A key without its text. */
function describe({ record, activity }: ApiKey, elsewhere?: ReadonlyMap<string, number>): Unsent<Key> {
  const { id, name, role, owner, labels, models, providers, limits, secrets } = record;
  return {
    id,
    name,
    role,
    owner,
    labels,
    models,
    providers,
    limits,
    begins: secrets[0]?.begins ?? null,
    created: new Date(record.createdEpochMs).toISOString(),
    expires: timeOf(record.expiresEpochMs),
    revoked: timeOf(record.revokedEpochMs),
    oldUntil: timeOf(secrets[1]?.untilEpochMs ?? null),
    lastUsed: timeOf(activity.usedEpochMs),
    running: activity.running + (elsewhere?.get(id) ?? 0),
  };
}

const timeOf = (epochMs: number | null): string | null =>
  epochMs === null ? null : new Date(epochMs).toISOString();

const firstIsAdmin = (): GatewayError =>
  new GatewayError(
    'action_conflict',
    "the first key must have the role 'admin': with a key of a caller alone, keys could not be managed any more",
    { param: 'role' },
  );
