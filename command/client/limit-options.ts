import { EXIT, Failure } from './fail.ts';
import type { Run } from './subcommand.ts';

type Limits = Readonly<Record<string, unknown>>;

const LIMITED = ['requests', 'tokens', 'dollars', 'concurrency'] as const;

/** The options of every command that sets limits, as they are shown. */
export const limitOptions = {
  requests: 'minute=60',
  tokens: 'hour=100000',
  dollars: 'day=5',
  concurrency: '4',
} as const;

export const ABOUT_LIMITS =
  '  --requests minute=60,day=1000   --tokens hour=100000   --dollars day=5,month=100   --concurrency 4\n' +
  '                     spans are minute, hour, day, month and total; none takes a limit away';

export const hasLimits = (options: Run['options']): boolean =>
  LIMITED.some((name) => options[name] !== undefined);

/** @param before those that it has: what is not named stays */
export function limitsIn(command: string, options: Run['options'], before: Limits): Limits {
  const given = LIMITED.filter((name) => typeof options[name] === 'string');
  const kept = Object.entries(before).filter(([name]) => !given.includes(name as (typeof LIMITED)[number]));
  return { ...Object.fromEntries(kept), ...changedLimits(command, options, undefined) };
}

/** Those that are named. @param none what stands for one that is taken away; undefined: it is left out */
export function changedLimits(command: string, options: Run['options'], none: null | undefined): Limits {
  const given = LIMITED.filter((name) => typeof options[name] === 'string');
  return Object.fromEntries(
    given
      .filter((name) => none !== undefined || options[name] !== 'none')
      .map((name) => {
        const text = options[name] as string;
        if (text === 'none') return [name, none];
        return [name, name === 'concurrency' ? amount(command, text, name) : perSpan(command, text, name)];
      }),
  );
}

const perSpan = (command: string, text: string, option: string): Limits =>
  Object.fromEntries(
    text.split(',').map((part) => {
      const [span = '', most = ''] = part.split('=');
      return [span, amount(command, most, option)];
    }),
  );

function amount(command: string, text: string, option: string): number {
  const number = Number(text);
  const isRight = option === 'dollars' ? Number.isFinite(number) : Number.isSafeInteger(number);
  if (text !== '' && isRight && number >= 0) return number;
  const takes = option === 'concurrency' ? 'a whole number' : 'amounts such as minute=60,day=1000';
  throw new Failure(`${command}: --${option} takes ${takes}, or none; it is '${text}'`, EXIT.usage);
}

/** Limits as a person reads them: `60 requests a minute, $5 a day, 4 at once`. */
export function inWords({ requests, tokens, dollars, concurrency }: Limits): string {
  const spans = (amounts: unknown, write: (most: number) => string): string[] =>
    Object.entries((amounts ?? {}) as Readonly<Record<string, number>>).map(([span, most]) =>
      span === 'total' ? `${write(most)} in all` : `${write(most)} ${span === 'hour' ? 'an' : 'a'} ${span}`,
    );
  const all = [
    ...spans(requests, (most) => `${most} requests`),
    ...spans(tokens, (most) => `${most} tokens`),
    ...spans(dollars, (most) => `$${most}`),
    ...(typeof concurrency === 'number' ? [`${concurrency} at once`] : []),
  ];
  return all.join(', ') || '-';
}
