import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';
import { membersOf } from './options.ts';
import { asksNothing, DROPPED } from './wishes.ts';

const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, '/completions', '/api/generate');

/** A prompt to be continued verbatim, or up to a given suffix. @throws GatewayError `not_translatable` */
export function completeRequest(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  const model = members.take('model');
  const suffix = stringOf(members.take('suffix'));
  const { max_completion_tokens: limit, ...options } = membersOf(members.take('options'), model, members);
  const said: Json = {
    model,
    prompt: stringOf(members.take('prompt')),
    ...(suffix !== '' && { suffix }),
    stream: members.take('stream') !== false,
    ...options,
    ...(limit !== undefined && { max_tokens: limit }),
  };
  members.take('raw');
  members.drop(DROPPED);
  members.end(cannotSay, asksNothing);
  return said;
}
