import type { Schema } from '../../core/contracts/index.ts';
import type { Ajv, ErrorObject } from 'ajv';
import { GatewayError } from '../../core/errors.ts';
import { validator } from '../../kits/feature-kit/validator.ts';
import { fillIn } from '../defaults.ts';
import { allowed } from './describe-allowed.ts';
import { display } from '../display.ts';
import { inParts } from './in-parts.ts';
import type { Mistakes } from '../mistakes.ts';
import { choice } from '../../wire/names.ts';
import { fromPointer } from '../path.ts';
import type { Path } from '../path.ts';

const formats = { duration: true, bytes: true, path: true, secret: true, uri: URL.canParse } as const;

/** An instance keeps values of every schema that it has compiled, and a config is read as often as it changes. */
const MOST = 20;
let uses = 0;
let ajv = fresh();

function fresh(): Ajv {
  return validator({
    allErrors: true,
    useDefaults: true,
    strict: false,
    // A plugin's options are compiled once, and not again for each entry that names it.
    inlineRefs: false,
    verbose: true,
    // Only plugins' own schemas come here; an invalid one is reported below.
    validateSchema: false,
    logger: false,
    formats,
  });
}

interface Validation {
  /** the value; defaults are filled in */
  readonly value: unknown;
  /** the value as written, for messages: a variable's value is not shown */
  readonly written: unknown;
  readonly schema: Schema;
  readonly mistakes: Mistakes;
}

/** Checks a value against a schema and reports every mistake in plain words. */
export function validate({ value, written, schema, mistakes }: Validation): void {
  if (inParts(fillIn(value, schema)).every((part) => compiled(part)(value))) return;
  // Its errors name what is allowed, for which it takes the whole schema.
  const errors = inParts(schema).flatMap((part) => errorsOf(compiled(part), value));
  if (errors.length === 0) return;
  const choices = choicesIn(errors);
  for (const error of errors) {
    if (isNoise(error, choices)) continue;
    const { path, at, text } = told(error, fromPointer(error.instancePath, value), written, schema);
    mistakes.add(path, text, at);
  }
}

const errorsOf = (check: ReturnType<Ajv['compile']>, value: unknown): readonly ErrorObject[] =>
  check(value) ? [] : (check.errors ?? []);

interface Told {
  path: Path;
  at: 'key' | 'value';
  text: () => string;
}

function told(error: ErrorObject, path: Path, written: unknown, schema: Schema): Told {
  const parent = error.parentSchema as Schema;
  const params = error.params as Record<string, string>;
  switch (error.keyword) {
    case 'additionalProperties':
      return {
        path: [...path, params.additionalProperty!],
        at: 'key',
        text: () => unknown(params.additionalProperty!, parent),
      };
    case 'propertyNames':
      return {
        path: [...path, params.propertyName!],
        at: 'key',
        text: () => `this name is not allowed; allowed: ${allowed(parent.propertyNames)}`,
      };
    case 'required':
      return {
        path: [...path, params.missingProperty!],
        at: 'key',
        text: () => missing(params.missingProperty!, parent),
      };
    default: {
      const text = () =>
        `${display(written, path, schema, parent.type)} is not allowed; allowed: ${expected(error, parent)}`;
      return { path, at: 'value', text };
    }
  }
}

function unknown(key: string, { properties = {} }: Schema): string {
  const names = Object.keys(properties);
  return `unknown${choice(key, names, { word: 'allowed here' })}`;
}

function missing(key: string, { properties }: Schema): string {
  const wanted = properties?.[key];
  const what = wanted ? `; allowed: ${allowed(wanted)}` : '';
  return `missing, and there is no default${what}${wanted?.description ? ` (${wanted.description})` : ''}`;
}

const PLAIN = ['type', 'enum', 'const', 'format', 'pattern', 'anyOf', 'oneOf'];
const BOUNDS = ['minimum', 'exclusiveMinimum', 'maximum', 'minLength', 'minItems'];

function expected({ keyword, message }: ErrorObject, parent: Schema): string {
  return PLAIN.includes(keyword) || BOUNDS.includes(keyword) ? allowed(parent) : `what ${message ?? keyword}`;
}

/** Where in the schema a choice was not met: few places, however many values failed it. */
function choicesIn(errors: readonly ErrorObject[]): ReadonlySet<string> {
  const found = errors.filter(({ keyword }) => /^(any|one)Of$/.test(keyword));
  return new Set(found.map(({ schemaPath }) => `${schemaPath}/`));
}

/** Errors that repeat another one: the branches of a choice, the head of a condition, a name's own check. */
function isNoise(error: ErrorObject, choices: ReadonlySet<string>): boolean {
  if (error.keyword === 'if' || error.propertyName !== undefined) return true;
  for (const one of choices) if (error.schemaPath.startsWith(one)) return true;
  return false;
}

function compiled(schema: Schema): ReturnType<Ajv['compile']> {
  // Creating one costs more than a check.
  if (++uses % MOST === 0) ajv = fresh();
  try {
    return ajv.compile(schema);
  } catch (cause) {
    const parts = Object.entries({ ...schema.definitions, ...schema.properties });
    const culprit = parts.find(([, part]) => !ajv.validateSchema(part))?.[0] ?? 'a plugin';
    throw new GatewayError(
      'config_invalid',
      `the options of ${culprit} are not a JSON Schema: ${(cause as Error).message}`,
      { cause },
    );
  } finally {
    // Its code can go at once.
    ajv.removeSchema(schema);
  }
}
