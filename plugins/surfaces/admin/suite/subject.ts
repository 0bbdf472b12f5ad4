import type { IncomingHttpHeaders } from 'node:http';
import type { Host, Target, Upstream } from '../../../../core/contracts/index.ts';
import type { SuiteOptions } from './options.ts';
import type { TimedEvent } from './collector.ts';
import { exchange, type Exchange } from './exchange.ts';
import type { StreamSeen } from './stream-seen.ts';
import { chatModel } from '../../../../wire/chat-model.ts';
import { hasSurface, translationFor } from '../../../../kits/surface-kit/index.ts';

interface Given {
  readonly host: Host;
  readonly upstream: Upstream;
  readonly options: SuiteOptions;
  /** the caller's key */
  readonly headers: IncomingHttpHeaders;
  /** aborts when no client waits for the result any more */
  readonly signal: AbortSignal;
}

/** One provider under test, and the results of the checks so far. */
export class Subject {
  readonly host: Host;
  readonly upstream: Upstream;
  readonly options: SuiteOptions;
  readonly signal: AbortSignal;
  /** why no further check is possible */
  gone: string | undefined;
  /** models that it has just listed */
  listed: readonly string[] | undefined;
  /** its answer to the chat */
  answer: unknown;
  /** its answer to the stream */
  stream: StreamSeen | undefined;
  readonly #headers: IncomingHttpHeaders;
  #deadlineMs = 0;

  constructor({ host, upstream, options, headers, signal }: Given) {
    this.host = host;
    this.upstream = upstream;
    this.options = options;
    this.signal = signal;
    this.#headers = headers;
  }

  get name(): string {
    return this.upstream.provider.name;
  }

  /** Begins a check with its own time limit. */
  begin(): void {
    this.#deadlineMs = performance.now() + this.options.timeout;
  }

  /** ms left for the current check */
  get leftMs(): number {
    return Math.max(1, this.#deadlineMs - performance.now());
  }

  /** Why it cannot be sent a chat; undefined: it can. */
  get noChat(): string | undefined {
    const model = this.#model;
    if (model === undefined) return 'which models it has is not known: name one with `model`';
    const target = this.#target(model);
    if (!target) return `it has no model '${model}'`;
    const { formats } = this.host.gateway;
    if (hasSurface(target, 'chat', formats) || translationFor(target, 'chat', formats)) return undefined;
    return `it has no chat, only: ${target.provider.surfaces.join(', ')}`;
  }

  /** One chat; call it only where `noChat` is undefined. */
  chat(body: Record<string, unknown>, enough?: (event: TimedEvent) => boolean): Promise<Exchange> {
    const model = this.#model as string;
    return exchange(
      {
        host: this.host,
        target: this.#target(model) as Target,
        model,
        headers: this.#headers,
        withinMs: this.leftMs,
        signal: this.signal,
      },
      body,
      enough,
    );
  }

  get #model(): string | undefined {
    const { models, defaultModel } = this.upstream.provider;
    if (this.options.model !== undefined) return this.options.model;
    if (models) return Object.keys(models)[0];
    return chatModel(this.#names) ?? defaultModel;
  }

  get #names(): ReadonlySet<string> {
    return new Set([...(this.listed ?? []), ...(this.upstream.listed?.keys() ?? [])]);
  }

  #target(model: string): Target | undefined {
    const { models } = this.upstream.provider;
    if (models) return this.upstream.knows(model);
    const names = this.#names;
    if (names.size === 0) return this.upstream.target('*');
    return names.has(model) ? this.upstream.target(model) : undefined;
  }
}
