import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { userContent } from './messages.ts';
import { finished } from './request.ts';

/**
 * A prompt, as a conversation of one turn. A template of the caller's and a context in another server's tokens have no
 * counterpart.
 * @throws GatewayError `not_translatable`
 */
export function generateRequest(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  const system = stringOf(members.take('system'));
  const content = userContent(stringOf(members.take('prompt')), members.take('images'), 'images');
  const messages = [
    ...(system === '' ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content },
  ];
  return finished(members, { messages });
}
