import type { NamesOf } from './completion/completed.ts';
import type { Gateway } from './gateway.ts';

/** Input of a subcommand. */
export interface Run {
  readonly gateway: Gateway;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** the output goes to a person, not to a program */
  readonly people: boolean;
  readonly print: (text: string) => void;
}

export interface Subcommand {
  readonly name: string;
  /** placeholder for its words */
  readonly takes: string;
  readonly does: string;
  /** what its own --help adds */
  readonly about?: string;
  /** how many words it takes, at least and at most */
  readonly words: readonly [least: number, most: number];
  /** its own options with a value, by name: the placeholder of the value in the help */
  readonly options?: Readonly<Record<string, string>>;
  /** its own flags, by name: the short letter, '' where there is none */
  readonly flags?: Readonly<Record<string, string>>;
  /** for shell completion: the kind of names its words are, or the values of its first word */
  readonly completes?: NamesOf | readonly string[];
  readonly run: (given: Run) => Promise<void>;
}

/** Prints JSON where that was requested, else text. */
export function show({ options, print }: Run, value: unknown, text: () => string): void {
  print(options.json ? `${JSON.stringify(value, null, 2)}\n` : text());
}
