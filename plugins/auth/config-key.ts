import type { Caller, Ticket, Work } from '../../core/contracts/index.ts';
import type { Holder, UsageRecorder } from './usage/recorder.ts';

/** A key of the config: it allows everything and has no limits, and its usage is counted. */
export class ConfigKey implements Caller {
  readonly id: string;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly #holder: Holder;
  readonly #usage: UsageRecorder;

  constructor(id: string, name: string, isAdmin: boolean, usage: UsageRecorder) {
    this.id = id;
    this.name = name;
    this.isAdmin = isAdmin;
    this.#holder = { key: name, owner: null, labels: [] };
    this.#usage = usage;
  }

  allowsModel(): boolean {
    return true;
  }

  begin({ call }: Work): Ticket {
    return { over: (trace) => this.#usage.add(this.#holder, call, trace) };
  }
}
