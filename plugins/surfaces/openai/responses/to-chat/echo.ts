import type { Call } from '../../../../../core/contracts/index.ts';
import { isObject, parseExact, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { pickMembers } from '../../../../../wire/body/pick-members.ts';

/** Members of its request that a response repeats, with their defaults. */
const DEFAULTS: Readonly<Json> = {
  background: false,
  frequency_penalty: 0,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  model: '',
  parallel_tool_calls: true,
  presence_penalty: 0,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: null,
  safety_identifier: null,
  service_tier: 'default',
  store: true,
  temperature: 1,
  text: null,
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

export const REMEMBERED = Object.keys(DEFAULTS);

/** The members of a request that its response repeats. */
export function echoOf(call: Call | undefined): Json {
  const asked = call === undefined ? {} : parseExact(pickMembers(call, REMEMBERED).toString());
  const echo: Json = { ...DEFAULTS };
  for (const [name, value] of Object.entries(isObject(asked) ? asked : {}))
    if (value !== null && value !== undefined) echo[name] = value;
  const { text, reasoning } = echo;
  echo.text = { format: { type: 'text' }, ...(isObject(text) ? text : {}) };
  echo.reasoning = { effort: null, summary: null, ...(isObject(reasoning) ? reasoning : {}) };
  // 'auto' is a hint: the response has the actual tier.
  if (echo.service_tier === 'auto') echo.service_tier = 'default';
  if (Array.isArray(echo.tools)) echo.tools = echo.tools.map(toolOf);
  // Its schema knows no null there.
  if (echo.user === null) delete echo.user;
  return echo;
}

/** A function with all its members, which strict clients of the API want. */
const toolOf = (tool: unknown): unknown =>
  isObject(tool) && tool.type === 'function'
    ? { description: null, parameters: null, strict: false, ...tool }
    : tool;
