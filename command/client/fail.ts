/** Exit codes of the command, for scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

/** A message to the user, and the exit code. */
export class Failure extends Error {
  readonly exit: number;

  constructor(message: string, exit: number = EXIT.failed) {
    super(message);
    this.exit = exit;
  }
}

/** The arguments fit none of the subcommand's forms. */
export function unfit(name: string, takes: string, args: readonly string[]): Failure {
  return new Failure(
    `${name}: '${args.join(' ')}' fits none of its forms\nusage: switchyard ${name} ${takes}`,
    EXIT.usage,
  );
}
