import { lacksThought } from '../../../../kits/dialect-kit/claude-thought.ts';
import { claudeEffort, thinkingBudget } from '../../../../kits/dialect-kit/claude-effort.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { thinks } from '../../../../kits/dialect-kit/claude-models.ts';
import { cannotSay } from './refuse.ts';
import { asNumber, asText } from '../../../../kits/dialect-kit/as-text.ts';

/** What `reasoning_effort` becomes. @param asked the request so far */
export function thinkingOf(effort: unknown, asked: Json, members: Members): Json {
  if (effort === undefined || effort === 'none' || asked.thinking !== undefined) return {};
  const word = claudeEffort(effort) ?? cannotSay('reasoning_effort', effort);
  const by = thinks(stringOf(asked.model));
  const isForced = isObject(asked.tool_choice) && ['any', 'tool'].includes(asText(asked.tool_choice.type));
  // With thinking the API takes no other temperature than 1, and no top_k.
  const isSampled = (asked.temperature ?? 1) !== 1 || asked.top_k !== undefined;
  if (by === 'never' || isForced || isSampled) return without(members);
  if (by === 'by-effort') {
    const config = isObject(asked.output_config) ? asked.output_config : {};
    return { thinking: { type: 'adaptive' }, output_config: { ...config, effort: word } };
  }
  const budget = thinkingBudget(word, asNumber(asked.max_tokens));
  if (budget === undefined || lacksThought(asked.messages)) return without(members);
  return { thinking: { type: 'enabled', budget_tokens: budget } };
}

/** The request is valid without it, and the API would refuse it. */
function without(members: Members): Json {
  members.dropped('reasoning_effort');
  return {};
}
