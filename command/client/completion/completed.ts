/** The subcommand that lists such names, in its first column. */
export type NamesOf = 'providers' | 'models' | 'strategy';

/** A subcommand as a shell completes it. */
export interface Completed {
  readonly name: string;
  readonly does: string;
  readonly options: readonly string[];
  /** those of them that a value follows */
  readonly valued: readonly string[];
  /** what its first word may be; empty: anything */
  readonly words: readonly string[];
  /** what its other words are the names of */
  readonly names: NamesOf | undefined;
}

/** Options whose values the gateway knows. */
export const VALUES: Readonly<Record<string, NamesOf>> = { '--model': 'models', '--provider': 'providers' };

/** Options that a value follows which nobody can know. */
export const unknownValues = (all: readonly Completed[]): string[] => [
  ...new Set(all.flatMap(({ valued }) => valued).filter((option) => !Object.hasOwn(VALUES, option))),
];

/** How bash and zsh ask for names: nothing where nobody answers. */
export const ASK = `_switchyard_names() {
  switchyard "$1" 2>/dev/null | cut -f1
}`;

/** For a place between single quotes, where no shell reads anything else. */
export const unquoted = (text: string): string => text.replaceAll("'", '’');
