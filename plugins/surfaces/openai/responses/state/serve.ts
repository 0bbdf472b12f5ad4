import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call, Host } from '../../../../../core/contracts/index.ts';
import {
  answer,
  answerOnly,
  hasSurface,
  pinOf,
  readCall,
  type ModelPath,
} from '../../../../../kits/surface-kit/index.ts';
import { responses } from '../../dialects/responses.ts';
import { continued, mayRefer } from './continue.ts';
import type { ResponsesMemory } from './memory.ts';
import { RememberingSink } from './sink.ts';
import type { SocketHandler } from '../../websockets/socket-handler.ts';

/** Answers `POST url` as `serve` does, and keeps the responses of providers that do not store them. */
export function serveResponses(
  host: Host,
  url: string,
  entry: ModelPath,
  memory: ResponsesMemory,
  socket: SocketHandler,
): void {
  const { app, gateway } = host;
  const go = (
    call: Call,
    request: FastifyRequest,
    reply: FastifyReply,
    pin?: string,
  ): Promise<void> | void => {
    const sink = new RememberingSink(reply, call, request.caller?.id ?? '', memory);
    return answer(call, responses, request, reply, gateway, sink, pin);
  };
  const handler = (request: FastifyRequest, reply: FastifyReply): Promise<void> | void => {
    const call = readCall(request, entry, gateway.acceptsCallersKey);
    if (!mayRefer(call)) return go(call, request, reply);
    const isKeptUpstream = (): boolean => hasMemory(host, call.model, pinOf(request));
    return continued(call, request.caller?.id ?? '', memory, isKeptUpstream).then((next) =>
      go(next.call, request, reply, next.pin),
    );
  };
  answerOnly(app, { url, method: 'POST', handler, socket });
}

/** A provider of the model has the API, and so stores responses itself. An unknown model is refused as one. */
function hasMemory({ gateway: { models, formats } }: Host, model: string, pin: string | undefined): boolean {
  try {
    return models
      .route(model, 'responses', pin)
      .targets.some((target) => hasSurface(target, 'responses', formats));
  } catch {
    return true;
  }
}
