import type { Host, Trace, Upstream } from '../../core/contracts/index.ts';
import { standing } from '../../kits/feature-kit/index.ts';
import type { ProviderTick, Tick } from './answers.ts';

/** Counts of one provider in this second. */
interface Done {
  requests: number;
  errors: number;
  ttft: number;
  firsts: number;
}

/** Counts what ends within a second, and reports it together with the state of every provider at its end. */
export class TickCounter {
  readonly #host: Pick<Host, 'gateway' | 'now' | 'date'>;
  #requests = 0;
  #errors = 0;
  #prompt = 0;
  #completion = 0;
  /** estimated tokens among these */
  #estimated = 0;
  #providers = new Map<string, Done>();
  #shares = new Map<string, number>();

  constructor(host: Pick<Host, 'gateway' | 'now' | 'date'>) {
    this.#host = host;
  }

  add({ attempts, ending, usage, stream, committedUs }: Trace): void {
    this.#requests++;
    if (ending !== 'complete' && ending !== 'left') this.#errors++;
    this.#prompt += usage?.prompt ?? 0;
    this.#completion += usage?.completion ?? 0;
    if (usage?.estimated) this.#estimated += usage.prompt + usage.completion;
    for (const { target, outcome } of attempts) {
      this.#shares.set(target.id, (this.#shares.get(target.id) ?? 0) + 1);
      const done = this.#doneBy(target.provider.name);
      if (outcome === 'answered') done.requests++;
      if (outcome === 'failed') done.errors++;
    }
    const last = attempts.at(-1);
    if (!last || !stream || committedUs === undefined) return;
    const done = this.#doneBy(last.target.provider.name);
    done.ttft += (last.firstContentUs ?? committedUs) - last.startedUs;
    done.firsts++;
  }

  /** The totals of this second; the next one begins. */
  end(): Tick {
    const { gateway, now, date } = this.#host;
    const at = now();
    const upstreams = [...gateway.upstreams.values()];
    const tick = {
      at: new Date(date()).toISOString(),
      requests: this.#requests,
      errors: this.#errors,
      prompt: this.#prompt,
      completion: this.#completion,
      estimated: this.#estimated,
      inflight: upstreams.reduce((sum, { use }) => sum + use.inflight, 0),
      waiting: upstreams.reduce((sum, { concurrency }) => sum + (concurrency?.waiting ?? 0), 0),
      providers: Object.fromEntries(
        upstreams.map((upstream) => [upstream.provider.name, this.#tickOf(upstream, at)]),
      ),
      shares: Object.fromEntries(this.#shares),
    };
    this.clear();
    return tick;
  }

  clear(): void {
    this.#requests = this.#errors = this.#prompt = this.#completion = this.#estimated = 0;
    this.#providers = new Map();
    this.#shares = new Map();
  }

  #tickOf(upstream: Upstream, now: number): ProviderTick {
    const { provider, process, use } = upstream;
    const { state, out } = standing(upstream, this.#host.gateway.upstreams, now);
    const done = this.#providers.get(provider.name);
    const usage = process?.usage;
    return {
      state,
      out,
      inflight: use.inflight,
      requests: done?.requests ?? 0,
      errors: done?.errors ?? 0,
      // Average over the second's streams, in ms to the tenth.
      ttft: done && done.firsts > 0 ? Math.round(done.ttft / done.firsts / 100) / 10 : null,
      memory: usage?.memory ?? null,
      cpu: usage?.cpu ?? null,
    };
  }

  #doneBy(provider: string): Done {
    let done = this.#providers.get(provider);
    if (!done) this.#providers.set(provider, (done = { requests: 0, errors: 0, ttft: 0, firsts: 0 }));
    return done;
  }
}
