import { existsSync } from 'node:fs';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { threadsOf } from '../kits/feature-kit/index.ts';
import { storeOf } from '../kits/store-kit/store-of.ts';
import { Admission } from './auth/admission.ts';
import { admitRequests } from './auth/admit.ts';
import { keyRoutes } from './auth/key-routes.ts';
import { MemoryCounters } from './auth/limits/counter-store.ts';
import { limitRoutes } from './auth/limits/limit-routes.ts';
import { SavedCounters } from './auth/limits/saved-counters.ts';
import { openKeys } from './auth/open-keys.ts';
import { openMeters } from './auth/open-meters.ts';
import { options, type AuthOptions } from './auth/options.ts';
import { accessRoute } from './auth/own-access.ts';
import { PeerKeys } from './auth/peer-keys.ts';
import { ownKeyOf, roleOf } from './auth/role-of.ts';
import { saveActivities } from './auth/save-activities.ts';
import { sessionRoutes } from './auth/sign-in/session-routes.ts';
import { SignIn } from './auth/sign-in/sign-in.ts';
import { KeysElsewhere } from './auth/threads/keys-elsewhere.ts';
import { serveCounters } from './auth/threads/serve-counters.ts';
import { serveStore } from './auth/threads/store-of-main.ts';
import { cleanUsage } from './auth/usage/clean-usage.ts';
import { openUsageThread, usageFileIn } from './auth/usage/open-usage-thread.ts';
import { usageRoutes } from './auth/usage/usage-routes.ts';

/**
 * Keys of callers: those of `server.apiKeys` and `server.adminKeys`, and those that were made here, which have a role and
 * limits of their own. As soon as there is a key, every caller must send one; as soon as there is one of an admin, every
 * request that reads or changes the gateway itself must send such a key.
 */
export default {
  name: 'auth',
  inEachThread: true,
  after: ['guard', 'shared', 'store'],
  options,
  isLive: true,
  async create({ limits, prices, signIn: signInOptions }, host) {
    const { app, gateway, config, date, log, events } = host;
    const threads = threadsOf(gateway);
    const toMain = threads?.isMain === false ? threads : undefined;
    const others = threads?.isMain === true ? threads : undefined;
    const postgres = storeOf(gateway);
    const thread = openUsageThread(host, toMain);
    const meters = await openMeters(host, { prices, thread, toMain, others });
    const { counters, usage } = meters;
    if (postgres) cleanUsage(postgres, thread, date);
    const signIn = new SignIn(signInOptions, host);
    const { store, keyring, made } = await openKeys(host, { meters, toMain, others });
    if (others) {
      serveCounters(others, counters, meters);
      serveStore(others, thread);
    }
    toMain?.on('writeUsage', () => usage.write());
    const elsewhere = new KeysElsewhere(others, keyring);
    made.fromConfig(limits);
    const savedCounters =
      counters instanceof MemoryCounters ? new SavedCounters(counters, thread, { date, log }) : undefined;
    if (existsSync(usageFileIn(config.home))) await savedCounters?.restore();

    const peerKeys = new PeerKeys(gateway, meters);
    let hasPrices = Object.keys(prices).length > 0;
    const countsAll = (): boolean => hasPrices || meters.limits.all.length > 0;
    const isCurrent = (): boolean => store.isCurrent;
    const admission = new Admission(host, { keyring, peerKeys, signIn, meters, countsAll, isCurrent });
    if (postgres) postgres.isWaitedFor = () => admission.waitsForKeys;
    events.onConfig(() => {
      const next = gateway.settings.config.features['auth'] as AuthOptions;
      made.fromConfig(next.limits);
      meters.prices.replace(next.prices);
      signIn.replace(next.signIn);
      hasPrices = Object.keys(next.prices).length > 0;
      peerKeys.read();
      admission.read();
    });
    gateway.access.provide({
      get asksForKey() {
        return keyring.size > 0;
      },
      get limitsProblem() {
        return counters.problem;
      },
    });
    admitRequests(app, admission);
    keyRoutes(host, keyring, elsewhere, () => admission.hasConfigured);
    limitRoutes(host, made);
    sessionRoutes(host, signIn);
    usageRoutes(host, usage, ({ caller }) => ownKeyOf(caller, admission.hasAdmin));
    accessRoute(host, ({ caller }) => roleOf(caller, admission.hasAdmin));
    const endSaving = saveActivities(keyring, host, toMain);
    return {
      close: async () => {
        await endSaving();
        await store.close();
        await savedCounters?.close();
        await usage.close();
        await counters.close();
      },
    };
  },
} satisfies FeaturePlugin<AuthOptions>;
