import type { FastifyReply } from 'fastify';
import type { AnswerHeaders, Call } from '../../../../../core/contracts/index.ts';
import { HttpSink } from '../../../../../kits/surface-kit/index.ts';
import type { ResponsesMemory } from './memory.ts';
import { PassingResponse } from './passing-response.ts';

/** Keeps the response that passes through it. */
export class RememberingSink extends HttpSink {
  readonly #passing: PassingResponse;

  constructor(reply: FastifyReply, call: Call, owner: string, memory: ResponsesMemory) {
    super(reply);
    this.#passing = new PassingResponse(call, owner, memory);
  }

  override whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    this.#passing.whole(status, headers, body);
    super.whole(status, headers, body);
  }

  override head(status: number, headers: AnswerHeaders): void {
    super.head(status, headers);
    this.#passing.head(status, headers);
  }

  override write(bytes: Buffer): boolean {
    this.#passing.read(bytes);
    return super.write(bytes);
  }
}
