import type { FastifyBaseLogger } from 'fastify';
import type {
  ProcessChange,
  ProcessSpec,
  ProcessStep,
  Provider,
  Toolchain,
  Use,
} from '../../core/contracts/index.ts';
import type { Schedule } from './health/liveness.ts';
import type { ProgramPaths } from './install/paths.ts';
import type { Crash } from './restart/crash.ts';

/** Dependencies of a program and its supervisor. `folder` is complete or not there: a toolchain replaces it at once. */
export interface SupervisorDeps extends ProgramPaths {
  readonly provider: Provider;
  readonly spec: ProcessSpec;
  readonly toolchain: Toolchain | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: FastifyBaseLogger;
  /** ms on a clock that only goes forward */
  readonly now: () => number;
  /** ms since 1970 */
  readonly date: () => number;
  /** settles when no process of a previous program with this name is left; undefined: there was none */
  readonly after?: Promise<void> | undefined;
  /** called when it is stopped for good */
  readonly ended?: () => void;
  readonly changed: (change: ProcessChange) => void;
  /** called with the progress of a start or an installation; a line of null: it is over */
  readonly progressed?: (step: ProcessStep) => void;
  /** how much it is used; undefined: not known, and it is never stopped for idling */
  readonly use?: () => Use;
  /** bytes of answers that have come from an origin so far */
  readonly heard?: (origin: string) => number;
  readonly later: Schedule;
  /** It ended by itself, or had to be ended. `healthyFor`: ms that it had been ready. */
  readonly crashed: (crash: Crash, healthyForMs: number) => void;
}
