import type { Socket } from 'node:net';
import type { HandedProgram, Programs } from '../../kits/feature-kit/index.ts';
import { LISTENING_FD, SUCCEEDS, type ToPredecessor, type ToSuccessor } from './messages.ts';

/** In a successor: the process that it takes over from, which goes on until it is told that it may end. */
export class Predecessor {
  /** where that listens, as `HOST:PORT` of its config */
  readonly address: string;
  #taken: readonly string[] = [];

  private constructor(address: string) {
    this.address = address;
  }

  /** undefined: this process succeeds none */
  static find(): Predecessor | undefined {
    const address = process.env[SUCCEEDS];
    // What this process starts succeeds none.
    delete process.env[SUCCEEDS];
    if (address === undefined || !process.send) return undefined;
    // Until it has handed over, its end is the end of the restart.
    process.once('disconnect', () => process.exit(1));
    return new Predecessor(address);
  }

  /** The socket that it listens on; undefined: the config now names another address. */
  listening(address: string): number | undefined {
    return address === this.address ? LISTENING_FD : undefined;
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
