import { EXIT, Failure } from './fail.ts';
import { bash } from './completion/bash.ts';
import { fish } from './completion/fish.ts';
import type { Completed } from './completion/completed.ts';
import { zsh } from './completion/zsh.ts';
import { GLOBAL } from './help.ts';
import type { Subcommand } from './subcommand.ts';

const SHELLS: Readonly<Record<string, (all: readonly Completed[]) => string>> = { bash, zsh, fish };

/** Completion scripts for shells, generated from the table of subcommands. */
export const completion = (subcommands: () => readonly Subcommand[]): Subcommand => ({
  name: 'completion',
  takes: 'bash | zsh | fish',
  does: 'prints a script that completes subcommands, options and names in a shell',
  about: `  bash  source <(switchyard completion bash)          in ~/.bashrc
  zsh   source <(switchyard completion zsh)           in ~/.zshrc, after compinit
  fish  switchyard completion fish | source           in ~/.config/fish/config.fish

Names of providers, models and strategies are asked of the running gateway; where there is none, none are offered.`,
  words: [1, 1],
  completes: Object.keys(SHELLS),
  async run({ args, print }) {
    const shell = args[0] as string;
    const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (!script) throw new Failure(`completion: '${shell}' must be one of: bash, zsh, fish`, EXIT.usage);
    print(script(subcommands().map(completed)));
  },
});

function completed({ name, does, options = {}, flags = {}, completes = [] }: Subcommand): Completed {
  const names = [...Object.keys(options), ...Object.keys(flags), ...Object.keys(GLOBAL)];
  const valued = [...Object.keys(options), ...Object.keys(GLOBAL).filter((one) => GLOBAL[one]?.value)];
  return {
    name,
    does,
    options: names.map((one) => `--${one}`),
    valued: valued.map((one) => `--${one}`),
    ...(typeof completes === 'string'
      ? { words: [], names: completes }
      : { words: completes, names: name === 'secret' ? 'providers' : undefined }),
  };
}
