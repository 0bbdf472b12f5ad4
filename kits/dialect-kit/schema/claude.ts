import { versionOf } from '../claude-models.ts';
import { isObject, type Json } from '../json.ts';
import type { Members } from '../members.ts';
import { fitted, hasFreeObjects } from './fitted.ts';
import { withFlatTop } from './flat-top.ts';
import { CLAUDE } from './limits.ts';
import { isRecursive } from './recursive.ts';

/** the first version with structured outputs */
const FIRST = 4.1;

/** Schemas that Claude's structured outputs cannot have: objects of any form, and recursive schemas. */
const isBeyond = (schema: Json): boolean => hasFreeObjects(schema) || isRecursive(schema);

/** The schema for Claude's structured output; undefined: only the prompt can ask for it. */
export function claudeAnswer(schema: Json, model: string, members: Members): Json | undefined {
  if ((versionOf(model) ?? FIRST) < FIRST || isBeyond(schema)) return undefined;
  return fitted(schema, CLAUDE, (keyword) => members.dropped(`response_format.${keyword}`));
}

/** A tool's parameters as Claude takes them. A tool with an unsupported schema is not strict. */
export function claudeTool(
  parameters: unknown,
  strict: unknown,
  members: Members,
): { schema: Json; strict: boolean } {
  const given: Json = isObject(parameters)
    ? { type: 'object', ...parameters }
    : { type: 'object', properties: {} };
  const isStrict = strict === true && !isBeyond(given);
  if (strict === true && !isStrict) members.dropped('tools.strict');
  const left = (keyword: string): void => members.dropped(`tools.parameters.${keyword}`);
  const schema = withFlatTop(given, left);
  return { schema: isStrict ? fitted(schema, CLAUDE, left) : schema, strict: isStrict };
}
