import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { camelled } from '../camel.ts';
import { thinks } from './models.ts';
import { cannotSay } from './refuse.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

const LEVELS: Readonly<Record<string, string>> = {
  none: 'minimal',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};
/** the token budget of each effort, as in Google's own chat API */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
};

/**
 * What `reasoning_effort` becomes. Requested reasoning is shown, too.
 * @param given the config of `extra_body` in Google's own chat API, which is more precise
 */
export function thinkingConfig(members: Members, model: string, given: unknown): Json {
  const effort = members.take('reasoning_effort');
  if (given !== undefined)
    return {
      thinkingConfig: isObject(given)
        ? camelled(given)
        : cannotSay('extra_body.google.thinking_config', given),
    };
  if (effort === undefined) return {};
  const level = Object.hasOwn(LEVELS, asText(effort))
    ? LEVELS[asText(effort)]!
    : cannotSay('reasoning_effort', effort);
  const by = thinks(model);
  if (by === 'by-level')
    return { thinkingConfig: { ...shown(effort), thinkingLevel: levelFor(model, level) } };
  if (by === 'by-budget' && effort !== 'none')
    return { thinkingConfig: { ...shown(effort), thinkingBudget: BUDGETS[level] } };
  if (by === 'by-budget' && !model.includes('pro')) return { thinkingConfig: { thinkingBudget: 0 } };
  // The request is valid without it: these models never reason, or always.
  if (effort !== 'none' || by !== 'never') members.dropped('reasoning_effort');
  return {};
}

const shown = (effort: unknown): Json => (effort === 'none' ? {} : { includeThoughts: true });

/** Models with the level `minimal`; the others refuse it. */
const MINIMAL = /gemini-3-flash|gemini-3\.1-flash-lite/;
/** The only model without the level `medium`. */
const NO_MEDIUM = /gemini-3-pro/;

function levelFor(model: string, level: string): string {
  if (level === 'minimal') return MINIMAL.test(model) ? level : 'low';
  return level === 'medium' && NO_MEDIUM.test(model) ? 'high' : level;
}
