import { commandOf, type ProcessRow } from '../../kits/process-kit/index.ts';
import { GatewayError } from '../../core/errors.ts';
import type { SupervisorDeps } from './dependencies.ts';
import type { History } from './history.ts';

/** Reports errors of a program: to the waiting caller, in its history, in the log. */
export class ProgramErrors {
  readonly #name: string;
  readonly #log: SupervisorDeps['log'];
  readonly #history: History;

  constructor({ provider, log }: SupervisorDeps, history: History) {
    this.#name = provider.name;
    this.#log = log;
    this.#history = history;
  }

  /** Another start would end the same way. */
  failed(error: GatewayError): GatewayError {
    this.#history.set('failed', error.message);
    return error;
  }

  error(what: string, cause?: unknown): GatewayError {
    return new GatewayError('process_failed', `${this.#name} ${what}`, { cause });
  }

  /** SIGKILL did not end all of it: a process hangs in the kernel, or belongs to another user. */
  notEnded(left: readonly ProcessRow[]): void {
    const named = left.map(({ pid }) => `${pid} (${commandOf(pid)})`).join(', ');
    this.#history.set('failed', `it was to be stopped, and could not be ended: ${named}`);
    this.#log.error({ provider: this.#name }, `these processes could not be ended: ${named}`);
  }

  /** No caller waits for the clean-up after an end, so its failure is logged. */
  cleanUpFailed = (error: unknown): void => {
    this.#log.error({ provider: this.#name, err: error }, 'clearing away a process went wrong');
  };
}
