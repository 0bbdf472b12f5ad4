import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call, Host } from '../../../core/contracts/index.ts';
import {
  answer,
  hasSurface,
  answerOnly,
  pinOf,
  readCall,
  type RouteAccess,
} from '../../../kits/surface-kit/index.ts';
import { membersOf, shortAt } from '../../../wire/body/json-members.ts';
import { ollamaShow } from './dialect/dialects.ts';
import { nameOf } from './model-names.ts';
import { OllamaModels } from './models.ts';

/** the version of Ollama whose API this is; clients refuse servers that are too old for them */
const VERSION = '0.33.0';
const SHOW = { path: '/api/show', surface: ollamaShow.surface, named: false, isAtRoot: true } as const;

/** `/api/tags`, `/api/show`, `/api/ps` and `/api/version`; with `?provider=` those of one provider. */
export function modelRoutes(host: Host, config: RouteAccess): void {
  const { app, gateway } = host;
  const models = new OllamaModels(host);
  const fetchLists = async (): Promise<void> => gateway.models.lists.current?.fetchMapped();
  const list = async (request: FastifyRequest): Promise<object> => {
    await fetchLists();
    return { models: models.list(pinOf(request), request.caller) };
  };
  const show = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    await fetchLists();
    const call = named(readCall(request, SHOW, gateway.acceptsCallersKey), gateway);
    const targets = gateway.models.having(call.model, pinOf(request));
    if (targets.some((target) => hasSurface(target, SHOW.surface, gateway.formats)))
      return answer(call, ollamaShow, request, reply, gateway);
    return models.show(call.model, pinOf(request), request.caller);
  };
  const get = { method: 'GET', config } as const;
  answerOnly(app, { ...get, url: '/api/version', handler: async () => ({ version: VERSION }) });
  answerOnly(app, { ...get, url: '/api/tags', handler: list });
  // Which models its providers have loaded is not known here.
  answerOnly(app, { ...get, url: '/api/ps', handler: async () => ({ models: [] }) });
  answerOnly(app, { url: SHOW.path, method: 'POST', handler: show, config });
}

/** Older clients say `name`. */
function named(call: Call, { models }: Host['gateway']): Call {
  const other =
    call.model === '' ? shortAt(call.raw, membersOf(call, ['name'])?.spans.get('name')) : call.model;
  const model = nameOf(typeof other === 'string' ? other : '', models);
  return model === call.model ? call : { ...call, model, set: { ...call.set, model } };
}
