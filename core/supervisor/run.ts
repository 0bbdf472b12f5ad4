import { randomBytes } from 'node:crypto';
import type { Address, Probe, ProcessSpec } from '../contracts.ts';
import { minimalEnvironment } from './environment.ts';
import type { Exit } from './exit.ts';
import { launch } from './launch.ts';
import type { Running } from './launch.ts';
import { watch } from './liveness.ts';
import type { Later } from './liveness.ts';
import type { Output } from './output.ts';
import { secretEnvironment } from './furnish.ts';
import { fill, fillAll } from './placeholders.ts';
import { choosePort, strangerOn } from './port.ts';
import { probe } from './probe.ts';
import { untilReady } from './readiness.ts';

/** ms that one look may take */
const LOOK = 5_000;

/** Where one run of a program listens, and the key made for it alone. */
export interface Place extends Address {
  readonly port: number;
}

/** @throws Error saying who has the port */
export async function choosePlace({ port: wish, host }: ProcessSpec): Promise<Place> {
  const port = await choosePort(wish, host);
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { port, origin, key: randomBytes(24).toString('base64url') };
}

interface Setting {
  readonly spec: ProcessSpec;
  readonly folder: string;
  /** a folder of its own to write into */
  readonly data: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** what the placeholders stand for */
  readonly values: Readonly<Record<string, string>>;
  readonly output: Output;
}

/** It runs in a folder of its own, apart from its code. */
export const isPrivate = ({ source, files }: ProcessSpec): boolean =>
  source?.code !== undefined || files !== undefined;

/** One run of a program, from its launch until nothing of it is left. */
export class Run {
  readonly place: Place;
  readonly #spec: ProcessSpec;
  readonly #probe: Probe;
  readonly #process: Running;
  #unwatch = (): void => {};

  constructor(place: Place, { spec, folder, data, env, values, output }: Setting) {
    const home = isPrivate(spec) ? data : spec.source && folder;
    this.place = place;
    this.#spec = spec;
    this.#probe = { ...spec.probe, headers: fillAll(spec.probe.headers ?? {}, values) };
    this.#process = launch({
      command: spec.command.map((word) => fill(word, values)),
      cwd: spec.cwd === undefined ? home : fill(spec.cwd, values),
      env: { ...minimalEnvironment(env), ...fillAll(spec.env, values), ...secretEnvironment(spec) },
      output,
      folder,
    });
    this.#process.over.addEventListener('abort', () => this.#unwatch());
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  /**
   * Waits until it says that it is ready, and it is it that says so.
   * @returns what was wrong when time was up; undefined: nothing
   * @throws when it has ended or the signal is aborted
   */
  ready(signal: AbortSignal): Promise<string | undefined> {
    return untilReady({
      look: async () => (await this.#look()) ?? (await this.#stranger()),
      within: this.#spec.probe.within,
      signal: AbortSignal.any([signal, this.#process.over]),
    });
  }

  watch(later: Later, told: { sick: (complaint: string) => void; well: () => void }): void {
    this.#unwatch = watch({ look: () => this.#look(), every: this.#spec.probe.every, later, ...told });
  }

  /** Ends it as it wants to be ended. */
  async end({ signal, grace } = this.#spec.stop): Promise<void> {
    this.#unwatch();
    await this.#process.end(signal, grace);
  }

  #look(): Promise<string | undefined> {
    return probe(this.place.origin, this.#probe, LOOK);
  }

  async #stranger(): Promise<string | undefined> {
    if (this.pid === undefined) return undefined;
    const stranger = await strangerOn(this.place.port, this.pid);
    return (
      stranger && `port ${this.place.port} is answered by ${stranger}, not by the process that was started`
    );
  }
}
