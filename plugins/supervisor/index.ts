/** Local programs: each provider that declares a process gets a supervisor for it. */
import type { FeaturePlugin, Upstream } from '../../core/contracts/index.ts';
import { successionOf } from '../../kits/feature-kit/index.ts';
import { HandOver } from './hand-over.ts';
import { pathsOf } from './install/paths.ts';
import { reportAttempts } from './report-attempts.ts';
import { SecretStore, withKept } from './secret-store.ts';
import { Supervisor } from './supervisor.ts';

export default {
  name: 'supervisor',
  inEachThread: false,
  options: { type: 'object', additionalProperties: false, properties: {} },
  async create(_options, { app, config, env, events, gateway, log, now, date, random, toolchains }) {
    const secrets = new SecretStore(config.home, env);
    await secrets.read((problem) => log.warn(problem));

    /** by name, when the program is ended for good */
    const ends = new Map<string, Promise<void>>();
    const handOver = new HandOver();

    const supervise = (upstream: Upstream): void => {
      const { provider } = upstream;
      const { name, process: spec } = provider;
      if (!spec) return;
      const { promise, resolve: ended } = Promise.withResolvers<void>();
      const after = ends.get(name);
      ends.set(name, promise);
      const own = secrets.of(name);
      const whole = withKept(spec, own);
      const process = new Supervisor({
        provider,
        spec: whole,
        ...pathsOf(config, name, spec),
        toolchain: spec.source && toolchains.get(spec.source.toolchain),
        env,
        log: app.log.child({ plugin: name }),
        now,
        date,
        random,
        after,
        ended,
        use: () => upstream.use,
        heard: (origin) => gateway.transport.heard(origin),
        changed: (change) => upstream.changed(change),
        progressed: (step) => upstream.progressed(step),
      });
      handOver.add(name, { supervisor: process, spec: whole });
      upstream.attach(process, own);
    };

    events.onAttempt(reportAttempts(gateway));
    successionOf(gateway).programs = handOver;
    gateway.upstreams.superviseBy(supervise);
  },
} satisfies FeaturePlugin;
