import { asReasonerTakes } from '../../../../kits/dialect-kit/openai-reasoning.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { chatMessages } from './messages.ts';
import { membersOf } from './options.ts';
import { cannotSay } from './refuse.ts';
import { asksNothing, DROPPED, effortOf, formatOf } from './wishes.ts';

/** @throws GatewayError `not_translatable` naming the member that chat completions lack */
export function request(body: Json, dropped: string[] = [], goesOn = false): Json {
  const members = new Members(body, dropped, goesOn);
  return finished(members, {
    messages: chatMessages(members.take('messages'), dropped),
    ...toolsOf(members.take('tools')),
  });
}

/** The members that `/api/chat` and `/api/generate` have in common. */
export function finished(members: Members, said: Json): Json {
  const model = members.take('model');
  const chat: Json = {
    model,
    ...said,
    // Without a word, Ollama streams.
    stream: members.take('stream') !== false,
    ...membersOf(members.take('options'), model, members),
    ...effortOf(members.take('think'), members),
    ...formatOf(members.take('format')),
    ...logprobsOf(members),
  };
  members.drop(DROPPED);
  members.end(cannotSay, asksNothing);
  return asReasonerTakes(chat, (name) => members.dropped(name));
}

function toolsOf(tools: unknown): Json {
  if (tools === undefined || (Array.isArray(tools) && tools.length === 0)) return {};
  if (!Array.isArray(tools)) return cannotSay('tools', tools);
  return { tools: tools.map((tool: unknown, nth) => toolOf(tool, `tools[${nth}]`)) };
}

/** Some clients leave the type out, of which there is one. */
function toolOf(tool: unknown, at: string): Json {
  if (!isObject(tool) || !isObject(tool.function)) return cannotSay(at, tool);
  const { type = 'function', function: called, ...others } = tool;
  if (type !== 'function') cannotSay(`${at}.type`, type);
  for (const [name, value] of Object.entries(others)) if (value !== null) cannotSay(`${at}.${name}`, value);
  return { type, function: called };
}

function logprobsOf(members: Members): Json {
  const asked = members.take('logprobs');
  const top = members.take('top_logprobs');
  if (asked !== true) return {};
  return { logprobs: true, ...(typeof top === 'number' && top > 0 && { top_logprobs: top }) };
}
