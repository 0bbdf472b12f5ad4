import { join } from 'node:path';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import type { RouteAccess } from '../kits/surface-kit/index.ts';
import { checkRole, keyIn, keyInQuery, missing, wrong } from './auth/access.ts';
import { digestOf } from './auth/key-record.ts';
import { keyRoutes } from './auth/key-routes.ts';
import { KeyStore } from './auth/key-store.ts';
import { Keyring } from './auth/keyring.ts';

/** ms between two times that the use of keys is stored */
const SAVE_EVERY_MS = 30_000;

/**
 * Keys of callers: those of `server.apiKeys` and `server.adminKeys`, and those that were made here, which have a role and
 * limits of their own. As soon as there is a key, every caller must send one; as soon as there is one of an admin, every
 * request that reads or changes the gateway itself must send such a key.
 */
export default {
  name: 'auth',
  after: ['guard'],
  options: { type: 'object', additionalProperties: false, properties: {} },
  async create(_options, host) {
    const { app, gateway, config, date } = host;
    const store = new KeyStore(join(config.home, 'keys.db'));
    const keyring = new Keyring(store, date);
    await keyring.read();
    const { server } = config;
    const callers = new Map(server.apiKeys.map((key, at) => [digestOf(key), `key ${at + 1}`]));
    const admins = new Map(server.adminKeys.map((key, at) => [digestOf(key), `admin key ${at + 1}`]));
    const hasNone = callers.size + admins.size === 0;
    gateway.access.provide({
      get asksForKey() {
        return keyring.size > 0;
      },
    });

    app.addHook('onRequest', (request, _reply, done) => {
      if (hasNone && keyring.size === 0) return done();
      const { open, forCallers = request.is404 }: RouteAccess = request.routeOptions.config;
      // A preflight request carries no key.
      if (request.method === 'OPTIONS' || open === true) return done();
      const hasAdmin = forCallers || admins.size > 0 || keyring.hasAdmin;
      const needed = forCallers || !hasAdmin ? 'apiKeys' : 'adminKeys';
      const sent = keyIn(request.headers) ?? keyInQuery(request);
      const digest = sent === undefined ? '' : digestOf(sent);
      try {
        const key = keyring.find(digest);
        if (key) {
          request.keyName = key.name;
          request.caller = key;
          checkRole(key.record.role, key.name, { method: request.method, forCallers });
          return done();
        }
      } catch (error) {
        return done(error as Error);
      }
      const isAdmin = admins.has(digest);
      const name = admins.get(digest) ?? callers.get(digest);
      if (name !== undefined) request.keyName = name;
      const isOpen = needed === 'apiKeys' && callers.size + keyring.size === 0;
      if (isOpen || isAdmin || (name !== undefined && needed === 'apiKeys')) return done();
      done(sent === undefined ? missing(needed) : wrong(needed));
    });

    const hasOtherAdmin = (): boolean => callers.size + admins.size > 0;
    keyRoutes(host, keyring, hasOtherAdmin);
    const save = (): void => {
      try {
        keyring.saveActivities();
      } catch (error) {
        host.log.warn(`the last use of keys could not be stored: ${(error as Error).message}`);
      }
    };
    const timer = setInterval(save, SAVE_EVERY_MS).unref();
    return {
      close: () => {
        clearInterval(timer);
        save();
        store.close();
      },
    };
  },
} satisfies FeaturePlugin;
