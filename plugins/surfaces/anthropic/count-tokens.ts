import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerHeaders, Call, Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { answer, HttpSink, meaningOfStatus, readCall } from '../../../kits/surface-kit/index.ts';
import { estimated } from '../../../wire/estimate-tokens.ts';
import { countTokens } from './dialect/count-tokens.ts';

const PATH = { path: '/messages/count_tokens', surface: 'count_tokens', named: true } as const;
const ESTIMATED = 'x-switchyard-estimated';

/** Counts by the provider's own count where it has one; any other answer of it than a number is made up for by an estimate. */
export function answerCount({ gateway }: Host) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<void> | void => {
    const call = readCall(request, PATH, gateway.acceptsCallersKey);
    const instead = (error: unknown): void => {
      if ((error as GatewayError).code !== 'surface_not_found') throw error;
      reply.header(ESTIMATED, 'true');
      void reply.send(estimateOf(call));
    };
    try {
      const asked = answer(call, countTokens, request, reply, gateway, new CountSink(reply, call));
      return asked?.catch(instead);
    } catch (error) {
      instead(error);
    }
  };
}

/** A provider without this API, or that cannot answer now, is no reason not to answer; a wrong request is. */
function isLack(status: number): boolean {
  const { retryable, path } = meaningOfStatus(status);
  return retryable || path;
}

class CountSink extends HttpSink {
  readonly #call: Call;

  constructor(reply: FastifyReply, call: Call) {
    super(reply);
    this.#call = call;
  }

  override whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    if (!isLack(status)) return super.whole(status, headers, body);
    const { 'retry-after': _, 'x-should-retry': _final, ...others } = headers;
    const type = 'application/json; charset=utf-8';
    const estimate = Buffer.from(JSON.stringify(estimateOf(this.#call)));
    super.whole(200, { ...others, 'content-type': type, [ESTIMATED]: 'true' }, estimate);
  }
}

const estimateOf = ({ raw }: Call): object => ({
  input_tokens: estimated(raw, 0).prompt,
  estimated: true,
});
