import type { FastifyReply } from 'fastify';
import type { Call, Host, Span } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { membersOf, scalarAt } from '../../../wire/body/json-members.ts';
import { hasSurface } from '../../../kits/surface-kit/index.ts';
import { beginning } from './to-chat/answer.ts';
import type { Line } from './to-chat/lines.ts';
import { asText } from '../../../kits/dialect-kit/as-text.ts';

const NAMES = ['messages', 'prompt', 'keep_alive'];
const EMPTY = /^(?:""|null|\[\s*\])$/;

/**
 * A request without a message or prompt loads or unloads the model of an Ollama. Servers of other APIs do that by
 * themselves, so it is answered here where no target is an Ollama.
 * @returns undefined: it is another request, or a target is an Ollama
 */
export async function loading(
  call: Call,
  line: Line,
  pin: string | undefined,
  { gateway }: Host,
): Promise<object | undefined> {
  const { spans } = membersOf(call, NAMES) ?? {};
  const said = (span: Span | undefined) => call.raw.toString('latin1', span?.start ?? 0, span?.end ?? 0);
  const isEmpty = ['messages', 'prompt'].every(
    (name) => !spans?.has(name) || EMPTY.test(said(spans.get(name))),
  );
  if (!isEmpty) return undefined;
  const { targets } = await routeOf(call, pin, gateway);
  if (targets.some((target) => hasSurface(target, call.surface, gateway.formats))) return undefined;
  const keep = scalarAt(call.raw, spans?.get('keep_alive'));
  const unloads = keep !== undefined && Number.parseFloat(asText(keep)) === 0;
  const done_reason = unloads ? 'unload' : 'load';
  return { ...beginning(call.model), ...line({ text: '' }), done: true, done_reason };
}

/** An unknown name is looked up in the providers' lists once more. */
async function routeOf({ model, surface }: Call, pin: string | undefined, { models }: Host['gateway']) {
  try {
    return models.route(model, surface, pin);
  } catch (error) {
    if ((error as GatewayError).code !== 'model_not_found') throw error;
    await models.refresh();
    return models.route(model, surface, pin);
  }
}

export const sendLoaded = (reply: FastifyReply, call: Call, answer: object): void => {
  const type = call.stream ? 'application/x-ndjson' : 'application/json; charset=utf-8';
  void reply.type(type).send(`${JSON.stringify(answer)}${call.stream ? '\n' : ''}`);
};
