import type { AttemptResult } from '../../core/attempt/attempt-result.ts';
import type { Attempt, Context, Route, Sink, Strategy, Target, Trace } from '../../core/contracts/index.ts';
import { learn } from '../../core/dispatch/learn.ts';
import { elapsed } from '../../core/trace/elapsed.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { freshTrace } from '../../kits/surface-kit/context.ts';
import type { ToldAttempt, ToldBegin, ToldEnd, ToldRequest, ToldSend } from './messages.ts';
import { nameOf, TargetsByName } from './target-name.ts';
import { requestOf } from './tell-requests.ts';

interface Running {
  readonly context: Context;
  /** where it was sent to, and has not ended */
  readonly sent: Sent[];
}

interface Sent {
  readonly target: Target;
  readonly startedUs: number;
  readonly isWatched: boolean;
}

/** Requests of other threads, for the plugins, targets and strategies of this one. */
export class Replay {
  readonly #gateway: Gateway;
  readonly #targets: TargetsByName;
  readonly #own = new WeakSet<Context>();
  /** by thread, then by id */
  readonly #running = new Map<number, Map<string, Running>>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#targets = new TargetsByName(gateway.upstreams);
  }

  /** Whether a request is one of another thread. */
  has(context: Context): boolean {
    return this.#own.has(context);
  }

  begin({ trace, from, ...request }: ToldBegin, thread: number): void {
    const context = this.#contextOf(request, undefined, { ...trace, from });
    this.#of(thread).set(request.id, { context, sent: [] });
    this.#gateway.events.request.emit(context, NO_SINK);
  }

  send({ id, target: name, isWatched }: ToldSend, thread: number): void {
    const running = this.#of(thread).get(id);
    if (!running) return;
    const target = this.#targets.of(name);
    running.sent.push({ target, startedUs: elapsed(running.context), isWatched });
    target.stats.begin();
  }

  /** It is tried again in another thread. */
  probe(name: string): void {
    const { stats, through } = this.#targets.of(name);
    stats.circuit.policy?.began();
    through?.stats.circuit.policy?.began();
  }

  /** The end of an attempt of a request that runs in a thread. */
  attempt(told: ToldAttempt, thread: number): void {
    const running = this.#of(thread).get(told.request.id);
    if (running) this.#ended(running, told);
  }

  /** The operator has a target learned again. */
  reset(label: string): void {
    const all = [...this.#gateway.upstreams.values()].flatMap((upstream) => [...upstream.all()]);
    all.find((target) => target.label === label)?.reset();
  }

  /** What another thread has found out, for what this one asks. */
  learn(told: ToldAttempt): void {
    const { model, surface } = told.request;
    let route: Route | undefined;
    try {
      route = this.#gateway.models.route(model, surface);
    } catch {
      // It leads elsewhere here by now.
    }
    this.#learn(this.#contextOf(told.request, route), told);
  }

  end({ id, trace, attempts }: ToldEnd, thread: number): void {
    const running = this.#of(thread).get(id);
    if (!running) return;
    const { context } = running;
    for (const told of attempts) {
      const known = context.trace.attempts.find((one) => isSame(one, told.attempt));
      if (known) Object.assign(known, told.attempt);
      else this.#ended(running, told);
    }
    const inOrder = attempts.map(({ attempt }) =>
      context.trace.attempts.find((one) => isSame(one, attempt))!,
    );
    this.#over(running, thread, Object.assign(context.trace, trace, { attempts: inOrder }));
  }

  /**
   * The thread is gone, and its requests with it.
   * @returns what other threads wait for: those targets were to show whether they are well, and that stays unknown
   */
  lost(thread: number): ToldAttempt[] {
    const lost: ToldAttempt[] = [];
    for (const running of this.#of(thread).values()) {
      const { context } = running;
      const endedUs = elapsed(context);
      for (const { target, startedUs, isWatched } of running.sent.slice()) {
        const attempt = { outcome: 'left', message: GONE, startedUs, endedUs, bytes: 0 } as const;
        const told = {
          target: nameOf(target),
          attempt,
          isRefused: false,
          scope: undefined,
          nthKey: undefined,
        };
        if (isWatched) lost.push({ request: requestOf(context), ...told });
        this.#ended(running, told);
      }
      const ending = { ending: 'cut', reason: 'internal', error: GONE, endedUs } as const;
      this.#over(running, thread, Object.assign(context.trace, ending));
    }
    this.#running.delete(thread);
    return lost;
  }

  #over({ context, sent }: Running, thread: number, trace: Trace): void {
    for (const { target } of sent.splice(0)) target.stats.end();
    this.#of(thread).delete(trace.id);
    this.#gateway.events.end.emit(context, undefined);
  }

  #ended({ context, sent }: Running, told: Learnt): void {
    const target = this.#learn(context, told);
    const at = sent.findIndex((one) => one.target === target);
    if (at < 0) return;
    sent.splice(at, 1);
    target.stats.end();
  }

  #learn(context: Context, { target: name, attempt: told, isRefused, scope, nthKey }: Learnt): Target {
    const target = this.#targets.of(name);
    const attempt: Attempt = { ...told, target };
    const result = {
      attempt,
      ...(isRefused && { refusal: {} }),
      ...(scope && { refusalScope: { ...scope, ...(nthKey !== undefined && { key: { nth: nthKey } }) } }),
    } as AttemptResult;
    learn(context, result, this.#gateway);
    return target;
  }

  #contextOf(
    { id, startedEpochMs, surface, model, stream, candidates }: ToldRequest,
    known?: Route,
    { from = '', ...told }: Partial<ToldBegin['trace'] & { from: string }> = {},
  ): Context {
    const targets = candidates.map((name) => this.#targets.of(name));
    const name = told.route ?? '*';
    const route = known ?? { name, targets, strategyName: told.strategy ?? '', strategy: NONE, timeouts: {} };
    const call = { surface, model, stream };
    const trace: Trace = {
      ...freshTrace(id, call, route),
      startedEpochMs,
      route: name,
      strategy: '',
      ...told,
      candidates: targets,
    };
    const startedMs = startedEpochMs - performance.timeOrigin;
    const context = { id, trace, route, call, disconnect: { from }, startedMs } as unknown as Context;
    this.#own.add(context);
    return context;
  }

  #of(thread: number): Map<string, Running> {
    let running = this.#running.get(thread);
    if (!running) this.#running.set(thread, (running = new Map()));
    return running;
  }
}

type Learnt = ToldEnd['attempts'][number] & Partial<Pick<ToldAttempt, 'scope' | 'nthKey'>>;

const isSame = (one: Pick<Attempt, 'startedUs'>, other: Pick<Attempt, 'startedUs'>): boolean =>
  one.startedUs === other.startedUs;

const GONE = 'the thread that answered it has ended';

const NONE: Strategy = { pick: () => undefined };

/** Its answer is another thread's: here it goes nowhere. */
const NO_SINK = {
  committed: true,
  closed: true,
  whole: ignore,
  head: ignore,
  write: () => true,
  end: ignore,
  break: ignore,
  drained: ignore,
} as unknown as Sink;

function ignore(): void {}
