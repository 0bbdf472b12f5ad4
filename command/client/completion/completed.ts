/** The subcommand that lists such names, in its first column. */
export type NamesOf = 'providers' | 'models' | 'strategy';

/** A subcommand as a shell completes it. */
export interface Completed {
  readonly name: string;
  readonly does: string;
  readonly options: readonly string[];
  /** options that take a value */
  readonly valued: readonly string[];
  /** completions of its first word; empty: anything */
  readonly words: readonly string[];
  /** the kind of names that its other words are */
  readonly names: NamesOf | undefined;
}

/** Options that take a name which the gateway knows. */
export const VALUES: Readonly<Record<string, NamesOf>> = { '--model': 'models', '--provider': 'providers' };

/** Options with a value that cannot be completed. */
export const unknownValues = (all: readonly Completed[]): string[] => [
  ...new Set(all.flatMap(({ valued }) => valued).filter((option) => !Object.hasOwn(VALUES, option))),
];

/** How bash and zsh ask for names: empty where no gateway answers. */
export const ASK = `_switchyard_names() {
  switchyard "$1" 2>/dev/null | cut -f1
}`;

/** Escaped for a place between single quotes, where no shell interprets anything else. */
export const unquoted = (text: string): string => text.replaceAll("'", '’');
