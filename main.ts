/** The command: reads the config, opens the gateway, prints what it found, and closes it in good order. */
import { parseArgs } from 'node:util';
import { PluginRegistry } from './config/plugins/registry.ts';
import { suggestion } from './wire/names.ts';
import { successionOf } from './kits/feature-kit/index.ts';
import { readConfig } from './config/read.ts';
import { GatewayError } from './core/errors.ts';
import { openApp } from './app.ts';
import { root } from './gateway.ts';
import { banner } from './command/banner.ts';
import { isForMachines } from './command/log.ts';
import { closeInGoodOrder } from './command/closing.ts';
import { giveBackWhenCalm } from './command/give-back.ts';
import { place, starterWith } from './command/installation.ts';
import { listen, checkListening } from './command/listen.ts';
import { Connections } from './command/connections.ts';
import { threadCount } from './command/thread-count.ts';
import type { MainThreads } from './command/threads/main-threads.ts';
import { watchConfig } from './command/reload.ts';
import { tellExit } from './command/restart/launcher.ts';
import { Predecessor } from './command/restart/predecessor.ts';
import { Restart } from './command/restart/restart.ts';

const HELP = `switchyard: one OpenAI-compatible endpoint for all your AI providers

  ${starterWith} [OPTIONS]

  --config FILE   the config file; default: SWITCHYARD_CONFIG, or switchyard.yaml in ${place} if it exists
  --port N        the port to listen on; default: SWITCHYARD_PORT, or server.port (7999)
  --help          shows this text
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  config: { type: 'string' },
  port: { type: 'string' },
} as const;

/** The command was called wrongly. */
class Miscalled extends GatewayError {}

/** The process that this one takes over from; undefined: it is the first. */
const predecessor = Predecessor.find();
process.on('exit', tellExit);

try {
  await main();
} catch (error) {
  if (!(error instanceof GatewayError)) throw error;
  predecessor?.failed(error.message);
  process.stderr.write(`switchyard: ${error.message}\n`);
  process.exitCode = error instanceof Miscalled ? 2 : 1;
  // What was opened before the failure does not keep the process.
  setTimeout(() => process.exit(), 2_000).unref();
}

async function main(): Promise<void> {
  const { help, config: file, port } = options();
  if (help) return void process.stdout.write(HELP);
  const registry = await PluginRegistry.read(root);
  const loaded = await readConfig({ file, root: place, env: process.env, registry });
  const { server: said } = loaded.config;
  const server = { ...said, threads: threadCount(said), ...(port === undefined ? {} : { port }) };
  const address = `${server.host}:${server.port}`;
  const fd = predecessor?.listening(address);
  if (fd === undefined) await checkListening(server);
  const threads = await threadsFor(server.threads);
  const { app, gateway } = await openApp({
    loaded: { ...loaded, config: { ...loaded.config, server } },
    registry,
    thread: threads,
    ready: async (open) => predecessor?.takePrograms(successionOf(open).programs),
  });
  const connections = new Connections(app.server);
  const url = await listen(app, { ...server, fd, isShared: threads !== undefined });
  const fds = predecessor?.otherListening(address, (threads?.count ?? 1) - 1) ?? [];
  await threads?.begin(app, gateway, { host: server.host, fds });
  predecessor?.takenOver();
  successionOf(gateway).restarts = new Restart(app, gateway, { connections, address, threads });
  closeInGoodOrder(app, gateway, connections, threads);
  if (loaded.kept) watchConfig(gateway, app.log);
  // The log is on standard output, too, where it is for machines.
  if (!isForMachines(process.env)) process.stdout.write(banner(url, loaded, gateway));
  giveBackWhenCalm();
}

/** undefined: one thread, and nothing is loaded for more */
async function threadsFor(count: number): Promise<MainThreads | undefined> {
  if (count === 1) return undefined;
  const { MainThreads } = await import('./command/threads/main-threads.ts');
  return new MainThreads(count, new URL('thread.ts', import.meta.url));
}

function options(): { help: boolean; config: string | undefined; port: number | undefined } {
  try {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    if (positionals.length > 0) throw unexpected(positionals[0]!);
    const said = values.port ?? process.env.SWITCHYARD_PORT;
    return {
      help: values.help ?? false,
      config: values.config ?? (process.env.SWITCHYARD_CONFIG || undefined),
      port: portOf(said),
    };
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new Miscalled('config_invalid', `${inWords(error as Error)}\n\n${HELP}`);
  }
}

/** What Node says of an option, without its advice for other commands. */
function inWords({ message }: Error): string {
  const unknown = /^Unknown option '(-.*?)'/.exec(message)?.[1];
  if (unknown === undefined) return message;
  const known = Object.keys(OPTIONS).map((name) => `--${name}`);
  return `there is no option '${unknown}'${suggestion(unknown, known)}`;
}

function unexpected(word: string): Miscalled {
  const remedy = /\.(ya?ml|json)$/.test(word) ? `: name a config file by --config ${word}` : '';
  return new Miscalled('config_invalid', `'${word}' is not an option${remedy}\n\n${HELP}`);
}

function portOf(said: string | undefined): number | undefined {
  if (said === undefined || said === '') return undefined;
  const port = Number(said);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Miscalled('config_invalid', `'${said}' is not a port: give a whole number from 0 to 65535`);
}
