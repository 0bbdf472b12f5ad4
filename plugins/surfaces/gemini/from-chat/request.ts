import { asksNothing, WISHES } from '../../../../kits/dialect-kit/chat-wishes.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { contentsOf } from './contents.ts';
import { generationConfig } from './generation-config.ts';
import { cannotSay } from './refuse.ts';
import { toolConfig, tools } from './tools.ts';

/** What Google's own chat API takes below `extra_body.google`. */
const EXTRA: Readonly<Record<string, string>> = {
  cached_content: 'cachedContent',
  safety_settings: 'safetySettings',
};

/** @throws GatewayError `not_translatable` naming the member that the Gemini API lacks */
export function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  // The path names the model, and whether it streams. The tokens of a stream are counted in any case.
  for (const name of ['model', 'stream', 'stream_options']) members.take(name);
  const model = stringOf(body.model);
  const extra = extraOf(members.take('extra_body'));
  const asked: Json = { ...contentsOf(members, model), ...tools(members) };
  Object.assign(asked, toolConfig(members, asked.tools !== undefined));
  const config = generationConfig(members, model, extra.thinking_config);
  if (Object.keys(config).length > 0) asked.generationConfig = config;
  for (const [name, own] of Object.entries(EXTRA)) if (extra[name] !== undefined) asked[own] = extra[name];
  members.drop([...WISHES, 'user', 'safety_identifier']);
  members.end(cannotSay, asksNothing);
  return asked;
}

function extraOf(body: unknown): Json {
  if (body === undefined) return {};
  const { google, ...others } = isObject(body) ? body : { body };
  for (const [name, value] of Object.entries(others)) cannotSay(`extra_body.${name}`, value);
  if (!isObject(google)) return google === undefined ? {} : cannotSay('extra_body.google', google);
  for (const [name, value] of Object.entries(google))
    if (name !== 'thinking_config' && !Object.hasOwn(EXTRA, name))
      cannotSay(`extra_body.google.${name}`, value);
  return google;
}
