import type { Host } from '../../core/contracts/index.ts';
import { mayPass, post, signature } from '../../kits/feature-kit/index.ts';
import type { Alert } from './alert.ts';
import type { AlertsOptions, WebhookOptions } from './options.ts';
import { bodyOf } from './payload.ts';

/** Alerts that wait for one webhook; of more, the oldest are dropped. */
const MOST = 100;

export interface WebhookState {
  /** the host of its address: the rest may be a secret */
  readonly webhook: string;
  readonly sent: number;
  readonly failed: number;
  readonly dropped: number;
  readonly waiting: number;
  readonly lastError: string | null;
}

type Delivery = Pick<AlertsOptions, 'retry' | 'timeout'>;

/** The owner of a stored alert, which learns the result of its delivery. */
export interface Keeper {
  /** false: another gateway delivers it now */
  readonly isDue: () => boolean;
  /** @param isOver it was delivered, or never will be */
  readonly ended: (isOver: boolean) => void;
}

interface Waiting {
  readonly alert: Alert;
  readonly keeper: Keeper | undefined;
}

/** One webhook: alerts go there one after the other, in the background. */
export class Webhook {
  readonly name: string;
  readonly url: string;
  readonly #options: WebhookOptions;
  readonly #delivery: Delivery;
  readonly #host: Pick<Host, 'gateway' | 'log' | 'date' | 'random'>;
  readonly #waiting: Waiting[] = [];
  readonly #closing = new AbortController();
  #pausing: (() => void) | undefined;
  #isBusy = false;
  #sent = 0;
  #failed = 0;
  #dropped = 0;
  #lastError: string | null = null;

  constructor(
    options: WebhookOptions,
    delivery: Delivery,
    host: Pick<Host, 'gateway' | 'log' | 'date' | 'random'>,
  ) {
    this.url = options.url;
    this.name = new URL(options.url).host;
    this.#options = options;
    this.#delivery = delivery;
    this.#host = host;
  }

  get state(): WebhookState {
    return {
      webhook: this.name,
      sent: this.#sent,
      failed: this.#failed,
      dropped: this.#dropped,
      waiting: this.#waiting.length,
      lastError: this.#lastError,
    };
  }

  get isFull(): boolean {
    return this.#waiting.length >= MOST;
  }

  add(alert: Alert, keeper?: Keeper): void {
    const { only } = this.#options;
    if (only && alert.type !== 'test' && !only.includes(alert.type)) return keeper?.ended(true);
    if (this.isFull) {
      this.#waiting.shift()?.keeper?.ended(false);
      this.#dropped++;
      this.#host.log.warn(`alerts: more than ${MOST} alerts wait for ${this.name}: the oldest is dropped`);
    }
    this.#waiting.push({ alert, keeper });
    if (!this.#isBusy) void this.#work();
  }

  /** One delivery at once, outside the queue. @returns what went wrong; undefined: nothing */
  async attempt(alert: Alert): Promise<{ readonly error?: string; readonly isFinal?: boolean }> {
    const { url, format, secret } = this.#options;
    const body = bodyOf(alert, format);
    const signed = secret === undefined ? {} : signature(secret, body, Math.floor(this.#host.date() / 1_000));
    const headers = { 'content-type': 'application/json', 'x-switchyard-alert': alert.id, ...signed };
    const { signal } = this.#closing;
    try {
      const { transport } = this.#host.gateway;
      const { status } = await post(transport, url, {
        headers,
        body,
        withinMs: this.#delivery.timeout,
        signal,
      });
      if (status >= 200 && status < 300) return {};
      return { error: `it answered ${status}`, isFinal: !mayPass(status) };
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  close(): void {
    this.#closing.abort();
    this.#pausing?.();
    const lost = this.#waiting.filter(({ keeper }) => !keeper).length;
    if (lost > 0) this.#host.log.warn(`alerts: ${lost} alerts did not reach ${this.name}`);
    this.#waiting.length = 0;
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (;;) {
      const next = this.#waiting.shift();
      if (!next) break;
      const isOver = await this.#deliver(next);
      next.keeper?.ended(isOver);
    }
    this.#isBusy = false;
  }

  /** @returns whether it was delivered, or never will be */
  async #deliver({ alert, keeper }: Waiting): Promise<boolean> {
    const { tries } = this.#delivery.retry;
    for (let nth = 1; !this.#closing.signal.aborted; nth++) {
      if (keeper?.isDue() === false) return false;
      const { error, isFinal } = await this.attempt(alert);
      if (error === undefined) {
        this.#sent++;
        this.#lastError = null;
        return true;
      }
      this.#lastError = error;
      if (isFinal || nth >= tries) {
        this.#failed++;
        this.#host.log.warn(`alerts: ${alert.type} did not reach ${this.name}: ${error} (tries: ${nth})`);
        return true;
      }
      await this.#pause(nth);
    }
    return false;
  }

  #pause(nth: number): Promise<void> {
    const { first, most } = this.#delivery.retry;
    const ms = Math.min(most, first * 2 ** (nth - 1)) * (0.5 + this.#host.random() / 2);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.#pausing = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
