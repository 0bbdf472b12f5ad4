import type { Subcommand } from './subcommand.ts';

export const GLOBAL: Readonly<Record<string, { readonly value?: string; readonly does: string }>> = {
  url: { value: 'URL', does: 'the gateway; default: SWITCHYARD_URL, or http://127.0.0.1:7999' },
  key: { value: 'KEY', does: 'a key that it takes; default: SWITCHYARD_KEY' },
  json: { does: 'prints the answer as JSON, for scripts' },
  help: { does: 'shows this text; after a subcommand, its options' },
};

type Described = Pick<Subcommand, 'name' | 'takes' | 'does'>;
type Row = readonly [what: string, does: string];

/** A text after a longer line (characters) begins on the next. */
const WIDTH = 42;

/** All subcommands, from their tables. */
export function help(
  launched: readonly Described[],
  groups: Readonly<Record<string, readonly Described[]>>,
): string {
  const parts = Object.entries({ 'The gateway itself': launched, ...groups }).map(
    ([title, all]) => `${title}:\n${rows(all.map((one) => [synopsis(one), one.does]))}`,
  );
  return `switchyard: one OpenAI-compatible endpoint for all your AI providers

  switchyard SUBCOMMAND [OPTIONS]

${parts.join('\n')}
Options of all subcommands except those of the gateway itself:
${rows(globals())}
Exit codes: 0 success, 1 failure, 2 wrong arguments, 3 no gateway could be reached, 130 Ctrl-C.
`;
}

/** The help of one subcommand. */
export function helpOf(subcommand: Subcommand): string {
  const { does, about } = subcommand;
  return `switchyard ${synopsis(subcommand)}

${does}${about === undefined ? '' : `\n\n${about}`}

${rows(globals())}`;
}

export const synopsis = ({ name, takes }: Pick<Described, 'name' | 'takes'>): string =>
  `${name} ${takes}`.trim();

const globals = (): Row[] =>
  Object.entries(GLOBAL).map(([name, { value, does }]) => [`--${name}${value ? ` ${value}` : ''}`, does]);

function rows(all: readonly Row[]): string {
  return all
    .map(([what, does]) =>
      what.length > WIDTH
        ? `  ${what}\n  ${' '.repeat(WIDTH)}  ${does}\n`
        : `  ${what.padEnd(WIDTH)}  ${does}\n`,
    )
    .join('');
}
