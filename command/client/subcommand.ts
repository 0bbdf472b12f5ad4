import type { NamesOf } from './completion/completed.ts';
import type { Gateway } from './gateway.ts';

/** What a subcommand is given. */
export interface Run {
  readonly gateway: Gateway;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** somebody reads this, no program */
  readonly people: boolean;
  readonly print: (text: string) => void;
}

export interface Subcommand {
  readonly name: string;
  /** what comes after its name */
  readonly takes: string;
  readonly does: string;
  /** what its own --help says beside that */
  readonly about?: string;
  /** how many words it takes, at least and at most */
  readonly words: readonly [least: number, most: number];
  /** options of its own, by name: what stands for the value in the help */
  readonly options?: Readonly<Record<string, string>>;
  /** options of its own that are said or not, by name: the letter that says them too, '' where none does */
  readonly flags?: Readonly<Record<string, string>>;
  /** for shells that complete them: whose names its words are, or what its first word may be */
  readonly completes?: NamesOf | readonly string[];
  readonly run: (given: Run) => Promise<void>;
}

/** As JSON where that was asked for, else as text. */
export function show({ options, print }: Run, value: unknown, text: () => string): void {
  print(options.json ? `${JSON.stringify(value, null, 2)}\n` : text());
}
