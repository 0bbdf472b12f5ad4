import type { FastifyLoggerOptions } from 'fastify';

/** Whether each line of the log is JSON, on standard output. */
export const isForMachines = ({ LOG_FORMAT: format }: NodeJS.ProcessEnv): boolean => format === 'json';

const LABELS: Readonly<Record<number, string>> = { 40: 'warning: ', 50: 'error: ', 60: 'fatal: ' };

/** Lines for people; `LOG_FORMAT=json` for machines, `LOG_LEVEL` for more or less. */
export function logger(env: NodeJS.ProcessEnv): FastifyLoggerOptions {
  const { LOG_LEVEL: level = 'info' } = env;
  if (isForMachines(env)) return { level };
  return { level, stream: { write: (line) => void process.stderr.write(forPeople(line)) } };
}

interface Line {
  readonly time: number;
  readonly level: number;
  readonly msg?: string;
  readonly plugin?: string;
  readonly err?: { readonly stack?: string };
}

function forPeople(line: string): string {
  const { time, level, msg = '', plugin, err } = JSON.parse(line) as Line;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const source = plugin === undefined ? '' : `${plugin}: `;
  return `${clock} ${LABELS[level] ?? ''}${source}${oneLine(msg)}${err?.stack ? `\n${err.stack}` : ''}\n`;
}

/** Callers and upstreams control parts of a message: no part may begin a line of its own, or control the terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
