import type { Subcommand } from './subcommand.ts';

export const GLOBAL: Readonly<Record<string, { readonly value?: string; readonly does: string }>> = {
  url: { value: 'URL', does: 'the gateway to ask; http://127.0.0.1:7999 by default (or SWITCHYARD_URL)' },
  key: { value: 'KEY', does: 'one of its server.apiKeys (or SWITCHYARD_KEY)' },
  json: { does: 'for scripts: the answer as JSON' },
  help: { does: 'this' },
};

/** What there is, from the table of subcommands. */
export function help(subcommands: readonly Subcommand[]): string {
  const lines = subcommands.map(({ name, takes, does }) => [`${name} ${takes}`.trim(), does] as const);
  const options = Object.entries(GLOBAL).map(
    ([name, { value, does }]) => [`--${name}${value ? ` ${value}` : ''}`, does] as const,
  );
  const start = ['start [--config FILE] [--port N]', 'starts the gateway'] as const;
  const width = Math.max(...[start, ...lines, ...options].map(([what]) => what.length));
  const rows = (all: readonly (readonly [string, string])[]) =>
    all.map(([what, does]) => `  ${what.padEnd(width)}  ${does}\n`).join('');
  return `switchyard: one OpenAI-compatible endpoint for every AI provider you have

  switchyard SUBCOMMAND [OPTIONS]

${rows([start, ...lines])}
${rows(options)}
Exit codes: 0 fine, 1 it failed, 2 it was called wrongly, 3 no gateway could be reached.
`;
}
