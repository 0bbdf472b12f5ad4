import { asReasonerTakes } from '../../../../kits/dialect-kit/openai-reasoning.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { camelled } from '../camel.ts';
import { generationOptions } from './generation-config.ts';
import { chatMessages } from './messages.ts';
import { cannotSay } from './refuse.ts';
import { chatTools } from './tools.ts';

/** Hints and metadata: filters, billing, records. */
const DROPPED = ['safetySettings', 'labels', 'serviceTier', 'store', 'modelArmorConfig'];

/** @throws GatewayError `not_translatable` naming the member that chat completions lack */
export function request(body: Json, dropped: string[] = [], goesOn = false): Json {
  const members = new Members(camelled(body), dropped, goesOn);
  const chat: Json = {};
  members.move(['model', 'stream'], chat);
  chat.messages = chatMessages(members);
  Object.assign(chat, chatTools(members));
  const config = members.take('generationConfig');
  if (config !== undefined)
    Object.assign(
      chat,
      isObject(config)
        ? generationOptions(config, chat.model, dropped)
        : cannotSay('generationConfig', config),
    );
  members.drop(DROPPED);
  members.end(cannotSay, (_name, value) => Array.isArray(value) && value.length === 0);
  return asReasonerTakes(chat, (name) => members.dropped(name));
}
