import type { FeaturePlugin } from '../../../core/contracts/index.ts';
import { configChanges } from './config-changes.ts';
import { configView } from './config.ts';
import { editModels } from './entries/model-entries.ts';
import { editProviders } from './entries/edit-providers.ts';
import { ProviderEntries } from './entries/provider-entries.ts';
import { providerKinds } from './entries/provider-kinds.ts';
import { tryProviders } from './entries/try-provider.ts';
import { health } from './health.ts';
import { lifecycle } from './lifecycle.ts';
import { loadBalancing } from './load-balancing.ts';
import { logs } from './logs.ts';
import { providers } from './providers.ts';
import { resets } from './reset.ts';
import { dryRunRoute } from './dry-run.ts';
import { restart } from './restart.ts';
import { routes } from './routes.ts';
import { strategiesRoute } from './strategies.ts';
import { Traffic } from './traffic.ts';
import { suite } from './suite.ts';
import { secrets } from './secrets.ts';
import { storedSecrets } from './stored-secrets.ts';
import { testChat } from './test-chat.ts';
import { Watch } from './vitals.ts';

/** The management API for the dashboard, the command and scripts: the gateway's state, and changes of it. */
export default {
  name: 'admin',
  inEachThread: false,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    const watch = new Watch(host);
    const traffic = new Traffic(host);
    health(host);
    providers(host, watch);
    lifecycle(host);
    logs(host);
    secrets(host);
    storedSecrets(host);
    configView(host, watch);
    configChanges(host);
    loadBalancing(host);
    strategiesRoute(host);
    routes(host, traffic);
    const entries = new ProviderEntries(host);
    providerKinds(host);
    editProviders(host, entries);
    tryProviders(host, entries);
    editModels(host);
    resets(host);
    dryRunRoute(host);
    testChat(host);
    suite(host);
    restart(host);
  },
} satisfies FeaturePlugin;
