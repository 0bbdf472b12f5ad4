import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { HandedProgram, Programs } from '../../kits/feature-kit/index.ts';
import { LISTENING_FD, OTHER_SOCKETS, SUCCEEDS, type ToPredecessor, type ToSuccessor } from './messages.ts';

/** In a successor: the process that it takes over from, which runs until it gets the message that it may end. */
export class Predecessor {
  /** where that listens, as `HOST:PORT` of its config */
  readonly address: string;
  #taken: readonly string[] = [];

  readonly #others: number;

  private constructor(address: string, others: number) {
    this.address = address;
    this.#others = others;
  }

  /** undefined: this process succeeds none */
  static find(): Predecessor | undefined {
    const address = process.env[SUCCEEDS];
    const others = Number(process.env[OTHER_SOCKETS] ?? 0);
    // Processes that this one starts are no successors.
    delete process.env[SUCCEEDS];
    delete process.env[OTHER_SOCKETS];
    if (address === undefined || !process.send) return undefined;
    // Until it has handed over, its end is the end of the restart.
    process.once('disconnect', () => process.exit(1));
    return new Predecessor(address, others);
  }

  /** The socket that it listens on; undefined: the config now names another address. */
  listening(address: string): number | undefined {
    return address === this.address ? LISTENING_FD : undefined;
  }

  /**
   * The sockets that its other threads listen on, so that no connection is lost that they have not accepted.
   * @param most further ones are closed: nothing would accept their connections
   */
  otherListening(address: string, most: number): number[] {
    const all = Array.from({ length: this.#others }, (_, at) => LISTENING_FD + 1 + at);
    const kept = address === this.address ? all.slice(0, most) : [];
    for (const fd of all.slice(kept.length)) closeSync(fd);
    return kept;
  }

  /** Everything here is ready: takes its programs. */
  async takePrograms(programs: Programs | undefined): Promise<void> {
    tell('ready');
    const handed = await receive();
    this.#taken = (await programs?.adopt(handed)) ?? [];
  }

  /** This process listens. */
  takenOver(): void {
    process.removeAllListeners('disconnect');
    tell({ taken: this.#taken });
  }

  failed(reason: string): void {
    tell({ failed: reason });
  }
}

function tell(message: ToPredecessor): void {
  if (process.connected) process.send?.(message);
}

async function receive(): Promise<readonly HandedProgram[]> {
  const programs = new Map<string, { readonly facts: unknown; readonly streams: Socket[] }>();
  await new Promise<void>((resolve) => {
    process.on('message', (message: ToSuccessor, stream: Socket | undefined) => {
      if (message === 'take-over') resolve();
      else if ('program' in message) programs.set(message.program, { facts: message.facts, streams: [] });
      else if (stream) programs.get(message.stream)?.streams.push(stream);
    });
  });
  process.removeAllListeners('message');
  return [...programs].map(([name, handed]) => ({ name, ...handed }));
}
