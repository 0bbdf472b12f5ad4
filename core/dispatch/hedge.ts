import { nearest } from './nearest.ts';
import { RetryBudgets } from './retry-budgets.ts';
import { timeoutsOf, type SelectDeps } from './select.ts';
import type {
  AnswerHeaders,
  Attempt,
  Context,
  GatewayConfig,
  HedgeConfig,
  LatencyWindow,
  Sink,
  Target,
} from '../contracts/index.ts';
import { ClientDisconnect } from '../request/client-disconnect.ts';
import { isForAnother } from '../errors.ts';
import { addNote } from '../trace/note.ts';
import { estimated } from '../../wire/estimate-tokens.ts';
import { sendAttempt } from '../attempt/send.ts';
import type { AttemptSpec, AttemptResult } from '../attempt/attempt-result.ts';

/** When a second target is asked, and how often. */
export interface Hedge extends HedgeConfig {
  readonly budgets: RetryBudgets;
}

/** Without a floor: a quiet gateway hedges less. */
export function hedgeFrom(
  { enabled, ...config }: GatewayConfig['hedge'],
  now: () => number,
): Hedge | undefined {
  return enabled
    ? { ...config, budgets: new RetryBudgets({ share: config.share, floor: 0, now }) }
    : undefined;
}

/**
 * Sends to one target and, if that has given nothing for as long as nearly all answers take, to a second one. The one
 * with content first answers, and the other is cancelled. @returns both results, the one that counts last
 * @param tried targets that are not asked again
 */
export async function hedged(
  first: AttemptSpec,
  tried: readonly Target[],
  hedge: Hedge,
  deadlines: Pick<SelectDeps, 'timeouts'>,
): Promise<readonly AttemptResult[]> {
  const { context, target, gateway } = first;
  const recent = mayBeHedged(context, target) ? recentOf(target, context) : undefined;
  if (recent) hedge.budgets.of(context.route).deposit();
  if (!recent || recent.size < hedge.minimum) return [await sendAttempt(first)];
  const afterMs = recent.quantile(hedge.quantile, gateway.now());
  return new Race(first, deadlines).run(afterMs, () => {
    const other = another(context, [...tried, target], gateway.now());
    if (!other || !hedge.budgets.of(context.route).withdraw()) return undefined;
    const remark = `${target.id} had given nothing after ${Math.round(afterMs)} ms: ${other.id} is asked, too`;
    addNote(context, { remark });
    return other;
  });
}

/** Only an answer that is judged here can be thrown away unseen, and only a target that stops working when it is left. */
function mayBeHedged({ route, dialect, call }: Context, target: Target): boolean {
  return route.targets.length > 1 && dialect.strict && call.format === 'json' && canBeLeft(target);
}

const canBeLeft = ({ provider }: Target): boolean => provider.quirks.onLeave === 'abort';

const recentOf = ({ stats }: Target, { call }: Context): LatencyWindow =>
  call.stream ? stats.content.recent : stats.whole.recent;

function another({ route, ...context }: Context, tried: readonly Target[], now: number): Target | undefined {
  const open = route.targets.filter(
    (target) => !tried.includes(target) && target.availability(now) === 'available' && canBeLeft(target),
  );
  const among = nearest({ route, ...context }, open);
  return among.length === 0 ? undefined : (route.strategy.pick(among, { route, ...context }) ?? among[0]);
}

/** Two attempts and one client. */
class Race {
  readonly #first: AttemptSpec;
  readonly #context: Context;
  readonly #deadlines: Pick<SelectDeps, 'timeouts'>;
  readonly #lanes: Lane[] = [];
  readonly #over = Promise.withResolvers<readonly AttemptResult[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(first: AttemptSpec, deadlines: Pick<SelectDeps, 'timeouts'>) {
    this.#first = first;
    this.#deadlines = deadlines;
    this.#context = first.context;
  }

  run(afterMs: number, second: () => Target | undefined): Promise<readonly AttemptResult[]> {
    this.#context.disconnect.during({
      leave: () => this.#endAll(({ disconnect }) => disconnect.leave()),
      interrupt: (error) => this.#endAll(({ disconnect }) => disconnect.end(error)),
    });
    this.#timer = setTimeout(() => this.#hedge(second), afterMs);
    this.#begin(this.#first.target);
    return this.#over.promise;
  }

  #hedge(second: () => Target | undefined): void {
    try {
      const other = second();
      if (other) this.#begin(other);
    } catch (error) {
      // A strategy has thrown: the first attempt continues.
      this.#context.log.error(
        { err: error, id: this.#context.id },
        'no target could be picked to be asked, too',
      );
    }
  }

  #begin(target: Target): void {
    const lane = new Lane(this.#first.sink, (winner) => this.#won(winner));
    this.#lanes.push(lane);
    const besides = (): number => this.#lanes.filter((one) => one !== lane && !one.ended).length;
    const context: Context = {
      ...this.#context,
      disconnect: lane.disconnect,
      get inflightBefore() {
        return besides();
      },
    };
    const ended = (sent: AttemptResult): void => this.#ended(lane, sent);
    const timeouts = timeoutsOf(context, target, this.#deadlines);
    sendAttempt({ ...this.#first, context, target, timeouts, sink: lane, ended }).then(
      (sent) => this.#settled(lane, sent),
      (error: unknown) => this.#unsent(lane, error),
    );
  }

  /** Nothing was sent: the other attempt, where there is one, goes on. */
  #unsent(lane: Lane, error: unknown): void {
    this.#lanes.splice(this.#lanes.indexOf(lane), 1);
    if (this.#lanes.length === 0) {
      clearTimeout(this.#timer);
      this.#context.disconnect.during(undefined);
      return this.#over.reject(error);
    }
    if (!isForAnother(error))
      this.#context.log.error({ err: error, id: this.#context.id }, 'a second target could not be asked');
    this.#settle();
  }

  /** The other attempt is cancelled. */
  #won(winner: Lane): void {
    clearTimeout(this.#timer);
    for (const lane of this.#lanes) if (lane !== winner && !lane.ended) lane.disconnect.leave();
  }

  #ended(lane: Lane, sent: AttemptResult): void {
    clearTimeout(this.#timer);
    lane.ended = true;
    const { attempt } = sent;
    if (this.#lanes.length > 1) attempt.hedged = hedgedAs(attempt, lane);
    // What has lost cost its prompt at least, though nothing of it was seen.
    const isPaid =
      attempt.hedged === 'lost' && attempt.outcome === 'left' && attempt.connectedUs !== undefined;
    if (isPaid) attempt.usage ??= estimated(this.#context.call.raw, 0);
    if (lane.won || attempt.outcome === 'answered') this.#won(lane);
    this.#first.ended(sent);
  }

  #settled(lane: Lane, sent: AttemptResult): void {
    lane.sent = sent;
    this.#settle();
  }

  #settle(): void {
    const all = this.#lanes.map((one) => one.sent).filter((one) => one !== undefined);
    if (all.length < this.#lanes.length) return;
    this.#context.disconnect.during(undefined);
    this.#over.resolve(all.toSorted((one, other) => rank(one) - rank(other)));
  }

  #endAll(end: (lane: Lane) => void): void {
    clearTimeout(this.#timer);
    for (const lane of this.#lanes) end(lane);
  }
}

/** What counts comes last: after attempts that were cancelled and failures, an answer, or one that broke off in the client's sight. */
const rank = ({ attempt }: AttemptResult): number =>
  attempt.outcome === 'left' ? 0 : attempt.hedged === 'won' ? 2 : 1;

function hedgedAs({ outcome }: Attempt, { won }: Lane): 'won' | 'lost' {
  return won || outcome === 'answered' ? 'won' : 'lost';
}

/** The client's side as one attempt of a race sees it: the first to send something wins it. */
class Lane implements Sink {
  readonly disconnect = new ClientDisconnect();
  won = false;
  ended = false;
  sent: AttemptResult | undefined;
  readonly #sink: Sink;
  readonly #claim: (lane: Lane) => void;

  constructor(sink: Sink, claim: (lane: Lane) => void) {
    this.#sink = sink;
    this.#claim = claim;
  }

  get committed(): boolean {
    return this.won && this.#sink.committed;
  }

  get closed(): boolean {
    return this.#sink.closed;
  }

  whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    this.#win();
    this.#sink.whole(status, headers, body);
  }

  head(status: number, headers: AnswerHeaders): void {
    this.#win();
    this.#sink.head(status, headers);
  }

  write(bytes: Buffer): boolean {
    return this.#sink.write(bytes);
  }

  end(): void {
    this.#sink.end();
  }

  break(): void {
    this.#sink.break();
  }

  drained(callback: () => void): void {
    this.#sink.drained(callback);
  }

  #win(): void {
    if (this.won) return;
    this.won = true;
    this.#claim(this);
  }
}
