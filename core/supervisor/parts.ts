import type { FastifyBaseLogger } from 'fastify';
import type { ProcessSpec, Provider, Toolchain } from '../contracts.ts';
import type { Use } from './idle.ts';
import type { Later } from './liveness.ts';
import type { Places } from './places.ts';
import type { Progressed } from './channels.ts';
import type { Change } from './state.ts';
import type { Crash } from './verdict.ts';

/** What a program is made of. `folder`: a toolchain makes it whole or not at all. */
export interface Parts extends Places {
  readonly provider: Provider;
  readonly spec: ProcessSpec;
  readonly toolchain: Toolchain | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: FastifyBaseLogger;
  /** ms on a clock that only goes forward */
  readonly now: () => number;
  /** ms since 1970 */
  readonly date: () => number;
  readonly changed: (change: Change) => void;
  /** how far a start or an installation is; null: it is over */
  readonly progressed?: (progress: Pick<Progressed, 'line' | 'since'>) => void;
  /** how much it is used; undefined: not known, and nothing is done for want of use */
  readonly use?: () => Use;
  /** bytes of answers that have come from an origin so far */
  readonly heard?: (origin: string) => number;
  readonly later: Later;
  /** It ended by itself, or had to be ended, after it had been ready for so long, ms. */
  readonly crashed: (crash: Crash, healthyFor: number) => void;
}
