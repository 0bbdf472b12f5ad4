import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyRequest } from 'fastify';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { PeerCaller } from '../kits/peer-kit/peer-caller.ts';
import { type BudgetNews, threadsOf } from '../kits/feature-kit/index.ts';
import { sharedOf } from '../kits/shared-kit/index.ts';
import type { SharedStore, Waiting } from '../kits/store-kit/shared-store.ts';
import { storeOf } from '../kits/store-kit/store-of.ts';
import { StoreThread } from '../kits/store-kit/store-thread.ts';
import { Admission } from './auth/admission.ts';
import { ApiKey } from './auth/api-key.ts';
import { ConfigKey } from './auth/config-key.ts';
import { BudgetWatch } from './auth/limits/budget-watch.ts';
import { SignedIn } from './auth/sign-in/signed-in.ts';
import { MemoryCounters } from './auth/limits/counter-store.ts';
import { openCounters } from './auth/limits/open-counters.ts';
import { TokenEstimate } from './auth/limits/estimate.ts';
import { limitRoutes } from './auth/limits/limit-routes.ts';
import { LimitSet } from './auth/limits/limit-set.ts';
import { MadeLimits } from './auth/limits/made-limits.ts';
import { SavedCounters } from './auth/limits/saved-counters.ts';
import type { Meters } from './auth/meter.ts';
import { PeerKeys } from './auth/peer-keys.ts';
import { PriceBook } from './auth/prices/price-book.ts';
import { UsageRecorder } from './auth/usage/recorder.ts';
import { usageRoutes } from './auth/usage/usage-routes.ts';
import type { UsageSettings, UsageStore } from './auth/usage/usage-store.ts';
import { keyRoutes } from './auth/key-routes.ts';
import { openKeyStore } from './auth/keys/open-key-store.ts';
import { Keyring } from './auth/keyring.ts';
import { options, type AuthOptions } from './auth/options.ts';
import { accessRoute } from './auth/own-access.ts';
import { sessionRoutes } from './auth/sign-in/session-routes.ts';
import { KeysElsewhere, serveKeys } from './auth/threads/keys-elsewhere.ts';
import { MainCounters } from './auth/threads/main-counters.ts';
import { serveCounters } from './auth/threads/serve-counters.ts';
import { serveStore, storeOfMain, type UsageThread } from './auth/threads/store-of-main.ts';
import { NewsOfBudgets } from './auth/limits/news-of-budgets.ts';
import { SignIn } from './auth/sign-in/sign-in.ts';

/** ms between two times that the use of keys is stored */
const SAVE_EVERY_MS = 30_000;
/** ms between two times that what is too old goes */
const CLEAN_EVERY_MS = 3_600_000;

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
    const usageFile = join(config.home, 'usage.db');
    const threads = threadsOf(gateway);
    const toMain = threads?.isMain === false ? threads : undefined;
    const others = threads?.isMain === true ? threads : undefined;
    const postgres = storeOf(gateway);
    const thread = toMain
      ? storeOfMain(toMain)
      : new StoreThread<UsageStore>({
          name: 'usage',
          module: new URL('./auth/usage/thread.ts', import.meta.url),
          settings: {
            file: usageFile,
            ...(postgres && {
              shared: { postgres: postgres.settings, waitingFile: join(config.home, 'usage-waiting.db') },
            }),
          } satisfies UsageSettings,
          say: (text) => log.warn(text),
          standing: (waiting: Waiting) => postgres?.waits('usage', waiting),
        });
    const store = await openKeyStore(host);
    const counters = toMain
      ? new MainCounters(toMain, date)
      : await openCounters(sharedOf(gateway).parts, date);
    const news = new NewsOfBudgets(gateway);
    const tellNews = (one: BudgetNews): void => (toMain ? toMain.tell('budget', one) : news.tell(one));
    others?.on('budget', (one: BudgetNews) => news.tell(one));
    const meters: Meters = {
      date,
      counters,
      estimate: new TokenEstimate(),
      limits: new LimitSet(counters),
      budgets: new BudgetWatch(tellNews),
      prices: new PriceBook(prices, { date, published: (...about) => thread.ask('price', ...about) }),
      usage: new UsageRecorder({
        store: thread,
        log,
        date,
        ...(others && { others: () => others.ask('writeUsage', undefined) }),
      }),
    };
    const { usage } = meters;
    if (postgres) cleanByLeader(postgres, thread, date);
    const signIn = new SignIn(signInOptions, host);
    const changed = () => others?.ask('keys', undefined);
    const keyring = new Keyring(store, meters, changed);
    const made = new MadeLimits(store, meters.limits, changed);
    const read = async (): Promise<void> => {
      const stored = await store.read();
      if (stored) keyring.replace(stored.keys);
      made.replace(stored?.limits ?? []);
    };
    await read();
    store.onChange(({ keys, limits: madeElsewhere, removed }) => {
      keyring.take(keys, removed.keys);
      if (madeElsewhere.length + removed.limits.length > 0) made.take(madeElsewhere, removed.limits);
    });
    if (others) serveCounters(others, counters, meters);
    if (others) serveStore(others, thread);
    if (toMain) serveKeys(toMain, keyring, read);
    toMain?.on('writeUsage', () => usage.write());
    const elsewhere = new KeysElsewhere(others, keyring);
    made.fromConfig(limits);
    let hasPrices = Object.keys(prices).length > 0;
    events.onConfig(() => {
      const next = gateway.settings.config.features['auth'] as AuthOptions;
      made.fromConfig(next.limits);
      meters.prices.replace(next.prices);
      signIn.replace(next.signIn);
      hasPrices = Object.keys(next.prices).length > 0;
    });
    const savedCounters =
      counters instanceof MemoryCounters ? new SavedCounters(counters, thread, { date, log }) : undefined;
    if (existsSync(usageFile)) await savedCounters?.restore();
    const peerKeys = new PeerKeys(gateway, meters);
    const countsAll = (): boolean => hasPrices || meters.limits.all.length > 0;
    const isCurrent = (): boolean => store.isCurrent;
    const admission = new Admission(host, { keyring, peerKeys, signIn, meters, countsAll, isCurrent });
    if (postgres) postgres.isWaitedFor = () => admission.waitsForKeys;
    events.onConfig(() => {
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
    const admitAgain: FastifyRequest['admitAgain'] = function (this: FastifyRequest, what) {
      admission.check(this, what);
    };
    app.addHook('onRequest', (request, _reply, done) => {
      // WebSockets and endless answers may outlive what their key may do.
      if (request.method === 'GET') request.admitAgain = admitAgain;
      try {
        admission.check(request);
      } catch (error) {
        return done(error as Error);
      }
      done();
    });

    keyRoutes(host, keyring, elsewhere, () => admission.hasConfigured);
    limitRoutes(host, made);
    sessionRoutes(host, signIn);
    usageRoutes(host, usage, ({ caller }) => {
      if (caller instanceof PeerCaller) return caller.name;
      if (caller instanceof ApiKey) return caller.record.role === 'caller' ? caller.name : undefined;
      if (caller instanceof ConfigKey) return caller.isAdmin || !admission.hasAdmin ? undefined : caller.name;
      return undefined;
    });
    accessRoute(host, ({ caller }) => {
      if (caller instanceof PeerCaller) return 'caller';
      if (caller instanceof ApiKey) return caller.record.role;
      if (caller instanceof SignedIn) return caller.role;
      if (caller instanceof ConfigKey) return caller.isAdmin || !admission.hasAdmin ? 'admin' : 'caller';
      return 'admin';
    });
    const save = async (): Promise<void> => {
      if (toMain) return toMain.tell('used', keyring.unsaved());
      try {
        await keyring.saveActivities();
      } catch (error) {
        log.warn(`the last use of keys could not be stored: ${(error as Error).message}`);
      }
    };
    const timer = setInterval(() => void save(), SAVE_EVERY_MS).unref();
    return {
      close: async () => {
        clearInterval(timer);
        await save();
        await store.close();
        await savedCounters?.close();
        await usage.close();
        await counters.close();
      },
    };
  },
} satisfies FeaturePlugin<AuthOptions>;

/** One gateway removes what is too old, each hour. The first question also starts the thread, and what waits in its file is sent. */
function cleanByLeader(store: SharedStore, thread: UsageThread, date: () => number): void {
  let cleanedEpochMs = 0;
  thread.ask('counters', date()).catch(() => undefined);
  store.onBeat(() => {
    if (!store.isLeader || date() - cleanedEpochMs < CLEAN_EVERY_MS) return;
    cleanedEpochMs = date();
    thread.ask('clean', cleanedEpochMs).catch(() => undefined);
  });
}
