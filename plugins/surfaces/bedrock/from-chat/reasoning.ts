import { claudeEffort, thinkingBudget } from '../../../../kits/dialect-kit/claude-effort.ts';
import { thinks } from '../../../../kits/dialect-kit/claude-models.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { addField } from './model-fields.ts';
import { cannotSay } from './refuse.ts';

/** What `reasoning_effort` becomes: each vendor's models have their own parameter. @param asked the request so far */
export function reasoning(members: Members, model: string, asked: Json): void {
  const effort = members.take('reasoning_effort');
  if (effort === undefined || effort === 'none') return;
  const word = claudeEffort(effort) ?? cannotSay('reasoning_effort', effort);
  if (model.includes('gpt-oss')) return addField(asked, 'reasoning_effort', word);
  const thinking =
    model.includes('claude') && !isHindered(asked) ? thinkingOf(model, word, asked) : undefined;
  // The request is valid without it, and the API would refuse it.
  if (!thinking) return members.dropped('reasoning_effort');
  addField(asked, 'thinking', thinking);
  if (thinking.type === 'adaptive')
    asked.outputConfig = { ...(isObject(asked.outputConfig) ? asked.outputConfig : {}), effort: word };
}

function thinkingOf(model: string, word: string, { inferenceConfig: config }: Json): Json | undefined {
  const by = thinks(model);
  if (by === 'never') return undefined;
  if (by === 'by-effort') return { type: 'adaptive' };
  const most = isObject(config) && typeof config.maxTokens === 'number' ? config.maxTokens : Infinity;
  const budget = thinkingBudget(word, most);
  return budget === undefined ? undefined : { type: 'enabled', budget_tokens: budget };
}

/** With thinking Claude takes no other temperature than 1, no top_k and no tool that it must call. */
function isHindered({
  inferenceConfig,
  toolConfig,
  additionalModelRequestFields: fields,
  messages,
}: Json): boolean {
  const choice = isObject(toolConfig) && isObject(toolConfig.toolChoice) ? toolConfig.toolChoice : {};
  return (
    (isObject(inferenceConfig) && (inferenceConfig.temperature ?? 1) !== 1) ||
    (isObject(fields) && (fields.top_k !== undefined || fields.thinking !== undefined)) ||
    'any' in choice ||
    'tool' in choice ||
    lacksThought(messages)
  );
}

/** Whether a tool call that is being answered lacks the reasoning before it, which Claude requires while thinking is on. */
function lacksThought(messages: unknown): boolean {
  const last = objectsOf(messages).findLast(({ role }) => role === 'assistant');
  const blocks = objectsOf(last?.content);
  return blocks.some(({ toolUse }) => toolUse) && !blocks[0]?.reasoningContent;
}
