import { append } from '../../../../kits/dialect-kit/append.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { camelled } from '../camel.ts';
import { CallIds } from './call-ids.ts';
import { assistantMessage } from './assistant.ts';
import { cannotSay } from './refuse.ts';
import { userMessages } from './user.ts';

/** The conversation as chat has it: the system prompt first, and each tool's result a message of its own. */
export function chatMessages(members: Members): Json[] {
  const system = members.take('systemInstruction');
  const given = members.take('contents');
  const contents = isObject(given) || typeof given === 'string' ? [given] : given;
  if (!Array.isArray(contents)) return cannotSay('contents', contents);
  const ids = new CallIds();
  const turns = turnsOf(contents);
  return [
    ...systemMessage(system),
    ...turns.flatMap(({ role, parts }) =>
      role === 'model' ? assistantMessage(parts, ids, members) : userMessages(parts, ids, members),
    ),
  ];
}

function systemMessage(system: unknown): Json[] {
  const { parts, text } = isObject(system) ? system : { text: system };
  const texts = isObject(parts) ? [parts] : (parts ?? [{ text }]);
  const content = objectsOf(texts)
    .map((part, nth) =>
      part.text === undefined || typeof part.text === 'string'
        ? stringOf(part.text)
        : cannotSay(`systemInstruction.parts[${nth}]`, part),
    )
    .filter((one) => one !== '')
    .join('\n\n');
  return content === '' ? [] : [{ role: 'system', content }];
}

interface Turn {
  readonly role: 'user' | 'model';
  readonly parts: Placed[];
}

type Placed = readonly [part: Json, at: string];

/** Google's own SDK keeps each piece of a stream as a content of its own: consecutive contents of the model are one turn. */
function turnsOf(contents: readonly unknown[]): Turn[] {
  const turns: Turn[] = [];
  for (const [nth, content] of contents.entries()) {
    const turn = turnOf(content, `contents[${nth}]`);
    const last = turns.at(-1);
    if (last?.role === 'model' && turn.role === 'model') append(last.parts, turn.parts);
    else turns.push(turn);
  }
  return turns;
}

function turnOf(content: unknown, at: string): Turn {
  if (typeof content === 'string') return { role: 'user', parts: [[{ text: content }, at]] };
  if (!isObject(content)) return cannotSay(at, content);
  const { role = 'user', parts: given } = content;
  const parts = partsOf(given, `${at}.parts`);
  if (role === 'model') return { role, parts };
  // `function` was the first name of the role for results of tools.
  return role === 'user' || role === 'function' ? { role: 'user', parts } : cannotSay(`${at}.role`, role);
}

/** Parts, each with where it stands. */
function partsOf(parts: unknown, at: string): Placed[] {
  const list = isObject(parts) ? [parts] : (parts ?? []);
  if (!Array.isArray(list)) return cannotSay(at, parts);
  return list.map((part: unknown, nth): Placed => {
    if (typeof part === 'string') return [{ text: part }, `${at}[${nth}]`];
    return [isObject(part) ? camelled(part) : cannotSay(`${at}[${nth}]`, part), `${at}[${nth}]`];
  });
}
