import { versionOf } from '../claude-models.ts';
import { isObject, type Json } from '../json.ts';
import type { Members } from '../members.ts';
import { fitted, hasFreeObjects } from './fitted.ts';
import { withFlatTop } from './flat-top.ts';
import { CLAUDE } from './limits.ts';
import { isRecursive } from './recursive.ts';

/** the first that can be held to a schema */
const FIRST = 4.1;

/** What Claude is held to by no schema: objects of any form, and schemas that hold themselves. */
const isBeyond = (schema: Json): boolean => hasFreeObjects(schema) || isRecursive(schema);

/** The schema that Claude's answer can be held to; undefined: it can only be asked for. */
export function claudeAnswer(schema: Json, model: string, members: Members): Json | undefined {
  if ((versionOf(model) ?? FIRST) < FIRST || isBeyond(schema)) return undefined;
  return fitted(schema, CLAUDE, (keyword) => members.dropped(`response_format.${keyword}`));
}

/** A tool's parameters as Claude takes them. One that it cannot be held to is not strict. */
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
