import type { Exchange, Handler, Host, Upstream } from '../../core/contracts/index.ts';
import { offerOf } from '../../kits/peer-kit/offer.ts';
import { meaningOfStatus } from '../../kits/surface-kit/index.ts';
import { requestTo } from './ask-peer.ts';
import { Lines } from './lines.ts';
import { readReport, type NodeReport } from './node-report.ts';

/** ms of silence after which a peer is out of reach: it reports every second */
const SILENCE_MS = 5_000;
/** ms until the next try, which doubles up to the second */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** The reason that a peer's targets are out for. */
const REASON = 'peer';

export interface LinkParts {
  readonly host: Pick<Host, 'gateway' | 'log' | 'now' | 'date'>;
  /** of this process: a peer that has it is this gateway itself */
  readonly ownId: string;
  readonly ownName: () => string;
  /** Called after each change of its state. */
  readonly changed: () => void;
}

/** The state of one peer. Its feed is read for as long as the config has it, and blocks or unblocks its targets. */
export class Link {
  readonly name: string;
  readonly #parts: LinkParts;
  #report: NodeReport | undefined;
  #exchange: Exchange | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #isClosed = false;
  /** the models that are out by its last report */
  #out: ReadonlySet<string> = new Set();
  isUp = false;
  isSelf = false;
  error: string | undefined;
  lastSeenEpochMs: number | undefined;
  /** how far its clock is ahead of this one's */
  clockOffsetMs: number | undefined;

  constructor(name: string, parts: LinkParts) {
    this.name = name;
    this.#parts = parts;
  }

  get report(): NodeReport | undefined {
    return this.#report;
  }

  begin(): void {
    this.#read();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#exchange?.abort();
  }

  get #upstream(): Upstream | undefined {
    return this.#parts.host.gateway.upstreams.get(this.name);
  }

  #read(): void {
    clearTimeout(this.#timer);
    const upstream = this.#upstream;
    if (this.#isClosed || !upstream) return;
    const { gateway, date } = this.#parts.host;
    const since = date();
    let status = 0;
    const lines = new Lines((line) => {
      if (status !== 200) return;
      const report = readReport(line);
      if (report) this.#take(report, since);
    });
    const lost = (why: string): void => {
      this.#exchange = undefined;
      if (!this.#isClosed && !this.isSelf) this.#lost(status === 0 || status === 200 ? why : refusal(status));
    };
    const handler: Handler = {
      connected: () => undefined,
      head: (code) => void (status = code),
      data: (chunk) => {
        this.#keepAlive(lost);
        lines.add(chunk);
      },
      end: () => lost('it has ended the connection'),
      lost: ({ message }) => lost(message),
    };
    this.#keepAlive(lost);
    const path = `/peers/feed?from=${encodeURIComponent(this.#parts.ownName())}`;
    try {
      const feed = requestTo(upstream, 'GET', path);
      this.#exchange = gateway.transport.request(feed, handler, true);
    } catch (error) {
      lost((error as Error).message);
    }
  }

  /** From now on, too long a silence means that it is out of reach. */
  #keepAlive(lost: (why: string) => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#exchange?.abort();
      lost(`it has said nothing for ${SILENCE_MS / 1_000} s`);
    }, SILENCE_MS).unref();
  }

  #take(report: NodeReport, sinceEpochMs: number): void {
    const { host, ownId, changed } = this.#parts;
    const { node } = report;
    const isNew = this.#report?.node.id !== node.id || !this.isUp;
    const now = host.date();
    // The first line is the answer to a request, whose way there and back is halved; later ones come as they are written.
    this.clockOffsetMs = Math.round(node.atEpochMs - (isNew ? (sinceEpochMs + now) / 2 : now));
    this.lastSeenEpochMs = now;
    this.#report = report;
    this.#pauseMs = FIRST_PAUSE_MS;
    if (node.id === ownId) return this.#isThis();
    if (report.replaced) return;
    const upstream = this.#upstream;
    const offer = upstream && offerOf(upstream.provider);
    if (!upstream || !offer) return;
    // Failures of the previous process say nothing about this one.
    if (isNew) for (const { stats } of upstream.all()) stats.renew();
    if (!this.isUp) host.log.info(`peer ${this.name} is there (version ${node.version})`);
    this.isUp = true;
    this.error = undefined;
    if (report.models && offer.take(new Map(Object.entries(report.models)))) host.gateway.models.forget();
    offer.load(new Map(Object.entries(report.inflight)));
    this.#judge(upstream, report);
    changed();
  }

  #judge(upstream: Upstream, { out }: NodeReport): void {
    const [any] = upstream.targets;
    any?.blockProvider(REASON, 0, '');
    any?.dropLapsed(this.#parts.host.now());
    for (const name of this.#out) if (!out[name]) upstream.target(name).unblock(REASON);
    for (const [name, { detail, guess }] of Object.entries(out))
      upstream.target(name).block(REASON, Infinity, detail, guess);
    this.#out = new Set(Object.keys(out));
    upstream.checked(this.#parts.host.now());
  }

  #isThis(): void {
    this.isSelf = true;
    this.isUp = true;
    this.error = undefined;
    this.#block('it is this gateway itself', false);
    clearTimeout(this.#timer);
    this.#exchange?.abort();
    this.#parts.changed();
  }

  /** A process that was replaced reports that: its successor is called at once, and the last report holds until then. */
  #lost(why: string): void {
    clearTimeout(this.#timer);
    const pauseMs = this.#report?.replaced ? 0 : this.#pauseMs;
    if (this.#report?.replaced) this.#report = { ...this.#report, replaced: false };
    else {
      if (this.isUp) this.#parts.host.log.warn(`peer ${this.name} is out of reach: ${why}`);
      this.isUp = false;
      this.error = why;
      this.#block(`the gateway '${this.name}' is out of reach: ${why}`);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      this.#parts.changed();
    }
    this.#timer = setTimeout(() => this.#read(), pauseMs).unref();
  }

  /** That it cannot be reached is a guess: it is asked where no other target is left. */
  #block(detail: string, guess = true): void {
    const upstream = this.#upstream;
    const [any = upstream?.target('*')] = upstream?.targets ?? [];
    any?.blockProvider(REASON, Infinity, detail, guess);
  }
}

function refusal(status: number): string {
  const { scope, path } = meaningOfStatus(status);
  if (scope === 'key')
    return `it refuses the key (${status}): its config must have the same key in an entry of peers`;
  if (path) return `it has no peers (${status}): is it a Switchyard of this version or later?`;
  return `it answered ${status}`;
}
