import type { AttemptRecord, TraceRecord } from '../../core/contracts/index.ts';
import type { Unsent } from '../../kits/feature-kit/answers.ts';
import { partsOf, tenths, timeBreakdown } from '../../kits/feature-kit/index.ts';
import { idAtPeer, peerOf } from '../../kits/peer-kit/hop.ts';
import type { AttemptTrace, RequestTrace } from './answers.ts';

interface Around {
  /** the gateway that it came to, where the trace does not name it */
  readonly node?: string | undefined;
  /** Where a provider is another gateway; undefined: it is none. */
  readonly peerUrl: (provider: string) => string | null | undefined;
}

/** A trace as the API shows it: times in ms since the request came, to the tenth. */
export function describeTrace(trace: TraceRecord, { node, peerUrl }: Around): Unsent<RequestTrace> {
  const { id, startedEpochMs, surface, model, stream, key, route, strategy, translated, notes, attempts } =
    trace;
  const { ending, status, error, reason, endedUs, committedUs, bytes, usage, saved } = trace;
  const { waitedUs, overheadUs } = timeBreakdown(trace);
  // An attempt has its number at a peer when it is sent; here they stand as they ended.
  const sent = attempts.toSorted((one, other) => one.startedUs - other.startedUs);
  return {
    id,
    time: new Date(startedEpochMs).toISOString(),
    surface,
    model,
    stream,
    key: key ?? null,
    route,
    strategy,
    translated,
    candidates: trace.candidates.map((target) => ({ target, ...outOf(trace, target) })),
    notes: notes.map(({ atUs, tookUs, ...rest }) => ({ at: ms(atUs), ...rest, ms: ms(tookUs) })),
    from: peerOf(key),
    attempts: attempts.map((one) => {
      const url = peerUrl(partsOf(one.target).provider);
      const peer = url === undefined ? undefined : { id: idAtPeer(id, sent.indexOf(one)), url };
      return { ...attempt(one), peer };
    }),
    commit: ms(committedUs),
    ending: ending ?? null,
    status,
    error,
    reason,
    ms: ms(endedUs),
    waited: ms(waitedUs),
    overhead: endedUs === undefined ? undefined : ms(overheadUs),
    bytes,
    usage: usage ?? null,
    saved,
    node: trace.node ?? node ?? null,
  };
}

function attempt({
  target,
  startedUs,
  connectedUs,
  headUs,
  firstContentUs,
  endedUs,
  gapMs,
  retryAfterMs,
  usage,
  ...rest
}: AttemptRecord): Unsent<AttemptTrace> {
  return {
    target,
    ...partsOf(target),
    ...rest,
    started: ms(startedUs),
    connected: ms(connectedUs),
    head: ms(headUs),
    firstContent: ms(firstContentUs),
    ended: ms(endedUs),
    gap: gapMs,
    retryAfter: retryAfterMs,
    // The usage of the one that answered is the trace's.
    usage: rest.outcome === 'answered' ? undefined : usage,
  };
}

/** Why a candidate was blocked when it was first considered; nothing where it was not. */
function outOf({ notes }: TraceRecord, id: string): { out?: readonly string[] } {
  const reasons = notes.find(({ out }) => out?.[id])?.out?.[id];
  return reasons ? { out: reasons } : {};
}

/** Unknown values are left out of the answer. */
function ms(micros: number): number;
function ms(micros: number | undefined): number | undefined;
function ms(micros: number | undefined): number | undefined {
  return micros === undefined ? undefined : tenths(micros);
}
