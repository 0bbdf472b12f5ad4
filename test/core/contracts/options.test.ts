/**
 * What the compiler knows of options. `npm run check` compiles the lines below: an `@ts-expect-error` that is no error is
 * one itself. What the check of a config really hands over is held against the same types here.
 */
import t from 'tap';
import { PluginRegistry } from '../../../config/plugins/registry.ts';
import { checkConfig, checkOptions } from '../../../config/check.ts';
import type { FeaturePlugin, GatewayConfig, ModelConfig, OptionsOf } from '../../../core/contracts/index.ts';
import { root } from '../../../gateway.ts';
import breaker from '../../../plugins/breaker.ts';
import priority from '../../../plugins/strategies/priority.ts';
import groq from '../../../providers/groq.ts';
import grok2api from '../../../providers/grok2api.ts';
import process from '../../../providers/process.ts';

const schema = {
  type: 'object',
  required: ['folder'],
  properties: {
    folder: { type: 'string' },
    keep: { format: 'duration', default: '1m' },
    size: { format: 'bytes' },
    mode: { enum: ['fast', 'safe'], default: 'fast' },
    port: { anyOf: [{ type: 'integer' }, { const: 'free' }], default: 'free' },
    names: { type: 'array', items: { type: 'string' }, default: [] },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    inner: { type: 'object', default: {}, properties: { isOn: { type: 'boolean', default: false } } },
    open: { type: 'object', additionalProperties: true, properties: { use: { type: 'string' } } },
  },
} as const;

type Options = OptionsOf<typeof schema>;

/** Both ways, so that it is neither wider nor narrower. */
type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

interface ByHand {
  readonly folder: string;
  readonly keep: number;
  readonly size?: number;
  readonly mode: 'fast' | 'safe';
  readonly port: number | 'free';
  readonly names: readonly string[];
  readonly headers?: { readonly [name: string]: string };
  readonly inner: { readonly isOn: boolean };
  readonly open?: { readonly use?: string; readonly [option: string]: unknown };
}

/** What the check makes of a value. */
const checked = (value: object): Options =>
  checkOptions({ name: 'keeper', options: schema }, { value, env: {}, folder: '/' }) as unknown as Options;

t.test('the type of options is the hand-written one, and that of the checked value', (t) => {
  const isSame: Same<Options, ByHand> = true;
  t.ok(isSame);
  const least = {
    folder: '.',
    keep: 60_000,
    mode: 'fast',
    port: 'free',
    names: [],
    inner: { isOn: false },
  } as const;
  t.strictSame(checked({ folder: '.' }), least satisfies Options);
  t.strictSame(checked({ folder: '.', size: '2KiB', port: 8080 }), { ...least, size: 2048, port: 8080 });
  t.throws(() => checked({ folder: '.', inner: { isOff: true } }), /isOff/);
  t.end();
});

t.test('a plugin that mistakes an option does not compile', (t) => {
  const keeper = {
    name: 'keeper',
    options: schema,
    create(given) {
      // @ts-expect-error a duration comes as a number
      const keep: string = given.keep;
      // @ts-expect-error one without a default may be missing
      const size: number = given.size;
      // @ts-expect-error there is no such option
      const kept = given.kept;
      // @ts-expect-error a map that names its members has no others
      const isOff = given.inner.isOff;
      // @ts-expect-error no such choice
      const isSlow = given.mode === 'slow';
      // @ts-expect-error options stay as they are
      given.names.push('another');
      return void [keep, size, kept, isOff, isSlow];
    },
  } satisfies FeaturePlugin<Options>;
  const given = checked({ folder: '.' });
  t.doesNotThrow(() => keeper.create(given));
  t.end();
});

t.test('the same holds for the plugins that ship', (t) => {
  type Of<Plugin extends { create: (options: never, host: never) => unknown }> = Parameters<
    Plugin['create']
  >[0];
  const some: Of<typeof breaker>['first'] = 1_000;
  // @ts-expect-error milliseconds, not a text
  const wrong: Of<typeof breaker>['first'] = '1s';
  // @ts-expect-error it has no such option
  type Missing = Of<typeof breaker>['frist'];
  const within: Same<Of<typeof priority>['within']['use'], string> = true;
  const remote: Same<Of<typeof groq>['apiKeys'], readonly string[] | undefined> = true;
  const port: Same<Of<typeof process>['port'], number | 'free'> = true;
  const command: Same<Of<typeof process>['command'], readonly string[]> = true;
  const secrets: Same<Of<typeof grok2api>['secrets'], { readonly [name: string]: string } | undefined> = true;
  const missing: unknown = undefined as Missing;
  t.strictSame(
    [some, wrong, within, remote, port, command, secrets, missing],
    [1_000, '1s', true, true, true, true, true, undefined],
  );
  t.end();
});

t.test("the config's type is its schema's", async (t) => {
  const isTyped: [
    Same<GatewayConfig['server']['drain'], number>,
    Same<GatewayConfig['server']['hosts'], readonly string[]>,
    Same<GatewayConfig['unknownModels'], 'route' | 'reject' | undefined>,
    Same<GatewayConfig['hedge']['enabled'], boolean>,
    Same<NonNullable<GatewayConfig['timeouts']>['idle'], number | undefined>,
    Same<GatewayConfig['models'], Readonly<Record<string, ModelConfig>>>,
    Same<ModelConfig['targets'][number]['weight'], number | undefined>,
  ] = [true, true, true, true, true, true, true];
  t.ok(isTyped);
  const { config } = await checkConfig({
    value: { server: { drain: '2s' } },
    env: {},
    registry: await PluginRegistry.read(root),
    folder: t.testdirName,
  });
  const { drain, hosts }: GatewayConfig['server'] = config.server;
  t.strictSame(
    [drain, hosts, config.hedge.enabled, config.timeouts, config.models],
    [2000, [], false, {}, {}],
  );
  t.type(config.apis, 'string');
  // @ts-expect-error there is no such word
  t.notOk(config.server.prot);
  // @ts-expect-error a size comes as a number
  const limit: string = config.limits.event;
  t.type(limit, 'number');
});
