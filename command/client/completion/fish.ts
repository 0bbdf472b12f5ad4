import { unquoted, VALUES, type Completed } from './completed.ts';

const ASK = `function __switchyard_names
  switchyard $argv[1] 2>/dev/null | cut -f1
end`;

export function fish(all: readonly Completed[]): string {
  const lines = all.flatMap((one) => {
    const { name, does, options, valued, words, names } = one;
    const at = `complete -c switchyard -n '__fish_seen_subcommand_from ${name}'`;
    const value = (option: string): string => {
      if (!valued.includes(option)) return '';
      return VALUES[option] === undefined ? ' -x' : ` -x -a '${asked(VALUES[option])}'`;
    };
    return [
      `complete -c switchyard -n __fish_use_subcommand -f -a ${name} -d '${unquoted(does)}'`,
      ...options.map((option) => `${at} -l ${option.slice(2)}${value(option)}`),
      ...(words.length > 0 ? [`${at} -f -a '${words.join(' ')}'`] : []),
      ...(names === undefined ? [] : [`${at} -f -a '${asked(names)}'`]),
    ];
  });
  return `# switchyard: completion for fish\n${ASK}\n${lines.join('\n')}\n`;
}

const asked = (names: string): string => `(__switchyard_names ${names})`;
