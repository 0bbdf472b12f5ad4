import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerHeaders, Call, Context, Dialect, Host } from '../../core/contracts/index.ts';
import type { GatewayError } from '../../core/errors.ts';
import { meaningOfStatus } from '../../core/failures/status-meaning.ts';
import { addNote } from '../../core/trace/note.ts';
import { estimated } from '../../wire/estimate-tokens.ts';
import { answer } from './answer.ts';
import { HttpSink } from './http-sink.ts';
import { readCall, type ModelPath } from './read-call.ts';

const ESTIMATED = 'x-switchyard-estimated';

/** An API that counts the tokens of a request. */
export interface Counting {
  readonly entry: ModelPath;
  readonly dialect: Dialect;
  /** An estimate in this API's shape. @param tokens of the request */
  readonly estimate: (tokens: number) => object;
}

/** Counts by the provider's own count where it has one; any other answer of it than a number is made up for by an estimate. */
export function answerCount({ gateway }: Host, { entry, dialect, estimate }: Counting) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<void> | void => {
    const call = readCall(request, entry, gateway.acceptsCallersKey);
    const ownCount = (): object => estimateOf(call, estimate);
    const instead = (error: unknown): void => {
      if ((error as GatewayError).code !== 'surface_not_found') throw error;
      reply.header(ESTIMATED, 'true');
      void reply.send(ownCount());
    };
    try {
      const asked = answer(call, dialect, request, reply, gateway, new CountSink(reply, ownCount));
      return asked?.catch(instead);
    } catch (error) {
      instead(error);
    }
  };
}

const estimateOf = ({ raw }: Call, estimate: Counting['estimate']): object => ({
  ...estimate(estimated(raw, 0).prompt),
  estimated: true,
});

/** A provider without this API, or that cannot answer now, is no reason not to answer; a wrong request is. */
function isLack(status: number): boolean {
  const { retryable, path } = meaningOfStatus(status);
  return retryable || path;
}

class CountSink extends HttpSink {
  readonly #estimate: () => object;
  #context: Context | undefined;

  constructor(reply: FastifyReply, estimate: () => object) {
    super(reply);
    this.#estimate = estimate;
  }

  override begin(context: Context): void {
    this.#context = context;
  }

  override whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    if (!isLack(status)) return super.whole(status, headers, body);
    const { 'retry-after': _, 'x-should-retry': _final, ...others } = headers;
    const type = 'application/json; charset=utf-8';
    const estimate = Buffer.from(JSON.stringify(this.#estimate()));
    if (this.#context) tellEstimate(this.#context);
    super.whole(200, { ...others, 'content-type': type, [ESTIMATED]: 'true' }, estimate);
  }
}

/** The caller got an answer. */
function tellEstimate(context: Context): void {
  addNote(context, { remark: 'no provider could count: the tokens are estimated' });
  Object.assign(context.trace, { ending: 'complete', status: 200, error: undefined, reason: undefined });
}
