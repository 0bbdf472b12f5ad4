/** The command beside the gateway: `switchyard status`, `switchyard why ID`, `switchyard doctor`, … */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { GatewayError } from '../core/errors.ts';
import { nearest } from '../wire/names.ts';
import { EXIT, Failure } from './client/fail.ts';
import { Gateway } from './client/gateway.ts';
import { GLOBAL, help, helpOf, synopsis } from './client/help.ts';
import type { Subcommand } from './client/subcommand.ts';
import { GROUPS, LAUNCHED, SUBCOMMANDS } from './client/subcommands.ts';

const HELP = new Set(['-h', '--help']);

// The reader of the output may have closed it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure) && !(error instanceof GatewayError)) throw error;
  process.stderr.write(`switchyard: ${error.message}\n`);
  process.exitCode = error instanceof Failure ? error.exit : EXIT.failed;
}

async function main([name, ...rest]: readonly string[]): Promise<void> {
  if (name === undefined || name === 'help' || HELP.has(name))
    return void process.stdout.write(help(LAUNCHED, GROUPS));
  const subcommand = SUBCOMMANDS.find((one) => one.name === name);
  if (!subcommand) throw unknown(name);
  // After `--` all words are another program's.
  const end = rest.indexOf('--');
  if (rest.slice(0, end < 0 ? undefined : end).some((word) => HELP.has(word)))
    return void process.stdout.write(helpOf(subcommand));
  const { values, positionals } = parsed(subcommand, rest);
  const [least, most] = subcommand.words;
  if (positionals.length < least)
    throw usage(
      subcommand,
      `${name}: ${positionals.length === 0 ? 'an argument' : 'a further argument'} is missing`,
    );
  if (positionals.length > most)
    throw usage(subcommand, `${name}: '${positionals.slice(most).join(' ')}' is one argument too many`);
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

function parsed({ options: valued = {}, flags = {}, ...subcommand }: Subcommand, args: readonly string[]) {
  const global = Object.entries(GLOBAL).map(([name, { value }]) => [
    name,
    { type: value ? 'string' : 'boolean' },
  ]);
  const own = Object.keys(valued).map((name) => [name, { type: 'string' }]);
  const said = Object.entries(flags).map(([name, short]) => [
    name,
    { type: 'boolean', ...(short && { short }) },
  ]);
  const options = Object.fromEntries([...global, ...own, ...said]) as NonNullable<ParseArgsConfig['options']>;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node's next sentence is about arguments that begin with a dash.
    throw usage(subcommand, (error as Error).message.split('. To specify')[0] as string);
  }
}

function usage(subcommand: Pick<Subcommand, 'name' | 'takes'>, what: string): Failure {
  return new Failure(`${what}\nusage: switchyard ${synopsis(subcommand)}`, EXIT.usage);
}

function unknown(name: string): Failure {
  const names = [...new Set([...LAUNCHED, ...SUBCOMMANDS].map((one) => one.name))];
  const meant = nearest(name, names);
  return new Failure(
    `there is no subcommand '${name}'${meant === undefined ? '' : ` (did you mean '${meant}'?)`}; there are: ${names.join(', ')}`,
    EXIT.usage,
  );
}
