import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context, Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Scope } from '../../kits/peer-kit/hop.ts';
import { PeerCaller } from '../../kits/peer-kit/peer-caller.ts';
import { whileAdmitted } from '../../kits/surface-kit/index.ts';
import { OwnOffer, type DescribedOffer } from './describe-offer.ts';
import type { OwnState } from './node-state.ts';
import type { NodeReport } from './node-report.ts';

/** ms between two lines: a peer takes a longer silence for a gateway that hangs */
const EVERY_MS = 1_000;
/** ms in which changes are gathered into one line */
const GATHER_MS = 20;
/** likewise after attempts, of which there are many, and few of them change availability */
const AFTER_ATTEMPT_MS = 200;
/** bytes buffered for a peer; one that reads more slowly misses lines, and one that does not read is cut off */
const ROOM = 4 * 1024 * 1024;
/** most readers of one peer */
const READERS = 20;

interface Reader {
  readonly peer: PeerCaller;
  readonly reply: FastifyReply;
  /** the models of the last report */
  models: string;
}

/** `GET /peers/feed`: this node's reports to its peers, at once after each change and every second. */
export class Feed {
  readonly #host: Host;
  readonly #own: OwnState;
  readonly #readers = new Set<Reader>();
  /** requests in flight by peer and model: a peer knows its own */
  readonly #sent = new Map<string, Map<string, number>>();
  readonly #offers: Readonly<Record<Scope, OwnOffer>>;
  #ticking: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #gatheredAtMs = 0;
  #isClosed = false;

  constructor(host: Host, own: OwnState) {
    this.#host = host;
    this.#own = own;
    this.#offers = { local: new OwnOffer(host, 'local'), all: new OwnOffer(host, 'all') };
  }

  /** There are peers: changes are reported from now on. */
  begin(): void {
    const { events } = this.#host;
    events.onRequest((context) => this.#count(context, 1));
    events.onEnd((context) => this.#count(context, -1));
    events.onAttempt(() => this.#soon(AFTER_ATTEMPT_MS));
    const changed = (): void => {
      for (const offer of Object.values(this.#offers)) offer.changed();
      this.#soon(GATHER_MS);
    };
    events.onProviderState(changed);
    events.onConfig(changed);
  }

  /** Names of the peers that read it now. */
  get readers(): ReadonlySet<string> {
    return new Set([...this.#readers].map(({ peer }) => peer.peer));
  }

  /** @throws GatewayError `shutting_down`, `queue_full` */
  open(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#isClosed) throw new GatewayError('shutting_down', 'the gateway is stopping');
    const peer = request.caller as PeerCaller;
    if ([...this.#readers].filter((one) => one.peer.peer === peer.peer).length >= READERS)
      throw new GatewayError(
        'queue_full',
        `${READERS} gateways read this with the key of ${peer.name} already`,
      );
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    const reader: Reader = { peer, reply, models: '' };
    this.#readers.add(reader);
    whileAdmitted(request, reply, () => reply.raw.end());
    this.#ticking ??= setInterval(() => this.#send(), EVERY_MS).unref();
    reply.raw.on('error', () => undefined);
    reply.raw.once('close', () => {
      this.#readers.delete(reader);
      if (this.#readers.size > 0) return;
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    });
    this.#send([reader]);
  }

  /** @param replaced another process has taken over */
  close(replaced = false): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#ticking);
    clearTimeout(this.#gathering);
    if (replaced) this.#send([...this.#readers], true);
    for (const { reply } of this.#readers) reply.raw.end();
  }

  #soon(withinMs: number): void {
    if (this.#readers.size === 0 || this.#isClosed) return;
    const atMs = this.#host.now() + withinMs;
    if (this.#gathering && this.#gatheredAtMs <= atMs) return;
    clearTimeout(this.#gathering);
    this.#gatheredAtMs = atMs;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#send();
    }, withinMs).unref();
  }

  #send(readers: Iterable<Reader> = this.#readers, replaced = false): void {
    const node = this.#own.now();
    const offers = new Map<Scope, DescribedOffer>();
    for (const reader of readers) {
      const { raw } = reader.reply;
      if (raw.writableLength > ROOM) {
        raw.destroy();
        continue;
      }
      const { scope } = reader.peer;
      let offer = offers.get(scope);
      if (!offer) offers.set(scope, (offer = this.#offers[scope].now()));
      const report: NodeReport = {
        node,
        ...(offer.text !== reader.models && { models: offer.models }),
        out: offer.out,
        inflight: this.#withoutOwn(offer.inflight, reader.peer),
        ...(replaced && { replaced }),
      };
      reader.models = offer.text;
      raw.write(`${JSON.stringify(report)}\n`);
    }
  }

  #withoutOwn(inflight: DescribedOffer['inflight'], { peer }: PeerCaller): DescribedOffer['inflight'] {
    const sent = this.#sent.get(peer);
    if (!sent) return inflight;
    return Object.fromEntries(
      Object.entries(inflight).map(([name, count]) => [name, Math.max(0, count - (sent.get(name) ?? 0))]),
    );
  }

  #count({ caller, call: { model } }: Context, by: number): void {
    if (!(caller instanceof PeerCaller)) return;
    let sent = this.#sent.get(caller.peer);
    if (!sent) this.#sent.set(caller.peer, (sent = new Map()));
    const count = (sent.get(model) ?? 0) + by;
    if (count > 0) sent.set(model, count);
    else sent.delete(model);
  }
}
