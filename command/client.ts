/** The command for a running gateway: `switchyard status`, `switchyard why ID`, … */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { GatewayError } from '../core/errors.ts';
import { nearest } from '../core/config/names.ts';
import { chat } from './client/chat.ts';
import { config } from './client/config.ts';
import { EXIT, Failure } from './client/fail.ts';
import { Gateway } from './client/gateway.ts';
import { GLOBAL, help } from './client/help.ts';
import { models, providers, status } from './client/look.ts';
import { strategy } from './client/strategy.ts';
import type { Subcommand } from './client/subcommand.ts';
import { route, why } from './client/why.ts';

const SUBCOMMANDS: readonly Subcommand[] = [status, providers, models, why, route, strategy, config, chat];

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure) && !(error instanceof GatewayError)) throw error;
  process.stderr.write(`switchyard: ${error.message}\n`);
  process.exitCode = error instanceof Failure ? error.exit : EXIT.failed;
}

async function main([name, ...rest]: readonly string[]): Promise<void> {
  if (name === undefined || name === 'help' || name === '-h' || name === '--help' || rest.includes('--help'))
    return void process.stdout.write(help(SUBCOMMANDS));
  const subcommand = SUBCOMMANDS.find((one) => one.name === name);
  if (!subcommand) throw unknown(name);
  const { values, positionals } = parsed(subcommand, rest);
  const [least, most] = subcommand.words;
  if (positionals.length < least || positionals.length > most) throw usage(subcommand);
  const url = String(values.url ?? (process.env.SWITCHYARD_URL || 'http://127.0.0.1:7999'));
  const key = (values.key as string | undefined) ?? (process.env.SWITCHYARD_KEY || undefined);
  await subcommand.run({
    gateway: new Gateway(url, key),
    args: positionals,
    options: values as Record<string, string | boolean | undefined>,
    people: process.stdout.isTTY === true,
    print: (text) => void process.stdout.write(text),
  });
}

function parsed(subcommand: Subcommand, args: readonly string[]) {
  const valued = Object.entries(GLOBAL).map(([name, { value }]) => [
    name,
    { type: value ? 'string' : 'boolean' },
  ]);
  const own = Object.keys(subcommand.options ?? {}).map((name) => [name, { type: 'string' }]);
  const options = Object.fromEntries([...valued, ...own]) as NonNullable<ParseArgsConfig['options']>;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw usage(subcommand, (error as Error).message);
  }
}

function usage({ name, takes }: Subcommand, what = 'it was called wrongly'): Failure {
  return new Failure(`${what}\nusage: switchyard ${name} ${takes}`.trimEnd(), EXIT.usage);
}

function unknown(name: string): Failure {
  const names = ['start', ...SUBCOMMANDS.map((one) => one.name)];
  const meant = nearest(name, names);
  return new Failure(
    `there is no '${name}'${meant === undefined ? '' : ` (did you mean '${meant}'?)`}; there are: ${names.join(', ')}`,
    EXIT.usage,
  );
}
