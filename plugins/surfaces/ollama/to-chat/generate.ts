import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { conversationIn, turns } from './context.ts';
import { userContent } from './messages.ts';
import { cannotSay } from './refuse.ts';
import { finished } from './request.ts';

/**
 * A prompt, as the next turn of a conversation. A template of the caller's and a context in another server's tokens have
 * no counterpart.
 * @throws GatewayError `not_translatable`
 */
export function generateRequest(body: Json, dropped: string[] = [], goesOn = false): Json {
  const members = new Members(body, dropped, goesOn);
  const system = stringOf(members.take('system'));
  const content = userContent(stringOf(members.take('prompt')), members.take('images'), 'images');
  const context = members.take('context');
  const earlier = conversationIn(context) ?? cannotSay('context', context);
  return finished(members, { messages: turns(earlier, system, content) });
}
