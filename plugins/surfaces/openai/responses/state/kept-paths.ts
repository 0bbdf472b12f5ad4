import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../../../../core/errors.ts';
import { isObject, objectsOf, parse, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { frame } from '../../../../../wire/sse/event.ts';
import { unfoldResponses } from '../../dialects/unfold-responses.ts';
import { listedItems } from './items.ts';
import type { ResponsesMemory } from './memory.ts';
import { notFound } from './not-found.ts';
import type { KeptResponse } from './rows.ts';
import { asNumber } from '../../../../../kits/dialect-kit/as-text.ts';

const PATH = /^\/responses\/([^/]+)(?:\/(cancel|input_items))?$/;
/** Paths below `/responses` that are no ids. */
const WORDS = new Set(['compact', 'input_tokens']);

/** Parameters of the query, each once. */
type Asked = Readonly<Record<string, string | undefined>>;

/**
 * Answers a request about one response that is kept here.
 * @returns whether it was answered; else the provider that made it, where that is known
 */
export async function answerKept(
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
  memory: ResponsesMemory,
  isKeptUpstream: () => boolean,
): Promise<true | string | undefined> {
  const [, id, action] = PATH.exec(path) ?? [];
  if (id === undefined || WORDS.has(id)) return undefined;
  const owner = request.caller?.id ?? '';
  const maker = await memory.makerOf(id);
  if (maker?.owner === owner) return maker.provider;
  const kept = maker ? undefined : await memory.find(id, owner);
  if (!kept) {
    if (!maker && isKeptUpstream()) return undefined;
    throw notFound(id, memory.enabled, undefined);
  }
  const told = await answerTo(request, kept, action, memory);
  if (told === undefined) return undefined;
  if (typeof told === 'string') void reply.type('text/event-stream; charset=utf-8');
  void reply.send(told);
  return true;
}

async function answerTo(
  { method, query }: FastifyRequest,
  kept: KeptResponse,
  action: string | undefined,
  memory: ResponsesMemory,
): Promise<string | Json | undefined> {
  const asked = query as Asked;
  const response = parse(kept.response) as Json;
  if (action === 'input_items' && method === 'GET') return pageOf(kept, asked);
  if (action === 'cancel' && method === 'POST')
    throw new GatewayError(
      'invalid_request',
      `'${kept.id}' is over: only a response that was made in the background can be cancelled`,
    );
  if (action !== undefined) return undefined;
  if (method === 'DELETE') {
    await memory.remove(kept.id, kept.owner);
    return { id: kept.id, object: 'response', deleted: true };
  }
  if (method !== 'GET') return undefined;
  return asked.stream === 'true' ? eventsOf(response, numberIn(asked, 'starting_after', 0) ?? -1) : response;
}

function eventsOf(response: Json, after: number): string {
  return unfoldResponses(response)
    .filter(({ data }) => {
      const event = parse(data);
      return isObject(event) && asNumber(event.sequence_number) > after;
    })
    .map(frame)
    .join('');
}

/** Newest first, unless asked for otherwise. */
function pageOf(kept: KeptResponse, asked: Asked): Json {
  const { order = 'desc', after } = asked;
  if (order !== 'asc' && order !== 'desc') throw wrong('order', order, "'asc' or 'desc'");
  const all = listedItems(objectsOf(parse(kept.input)), kept.id);
  const sorted = order === 'asc' ? all : all.toReversed();
  const start = after === undefined ? 0 : sorted.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0) throw wrong('after', after, 'the id of an item of this response');
  const most = numberIn(asked, 'limit', 1, 100) ?? 20;
  const data = sorted.slice(start, start + most);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + data.length < sorted.length,
  };
}

function numberIn(asked: Asked, name: string, least: number, most = Infinity): number | undefined {
  const given = asked[name];
  if (given === undefined) return undefined;
  const number = /^\d+$/.test(given) ? asNumber(given) : -1;
  if (number >= least && number <= most) return number;
  throw wrong(name, given, `a whole number from ${least}${most === Infinity ? ' on' : ` to ${most}`}`);
}

const wrong = (name: string, given: string, allowed: string): GatewayError =>
  new GatewayError('invalid_request', `'${name}' (here '${given}') must be ${allowed}`, { param: name });
