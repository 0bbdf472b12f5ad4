import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const file = join(import.meta.dirname, 'fixtures', 'openapi', 'openapi.json');

let ajv: Ajv2020 | undefined;

/**
 * Checks values against one schema of OpenAI's own API description, by its name in `components.schemas`
 * (`CreateChatCompletionStreamResponse`, `ResponseStreamEvent` …). Answers with the errors, none when it fits.
 */
export function openaiSchema(name: string): (value: unknown) => string[] {
  ajv ??= load();
  const validate = ajv.getSchema(`openai#/components/schemas/${name}`) as ValidateFunction | undefined;
  if (!validate) throw new TypeError(`OpenAI's description has no schema '${name}'`);
  return (value) => {
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`,
    );
  };
}

function load(): Ajv2020 {
  const description: unknown = JSON.parse(readFileSync(file, 'utf8'), nullableToNull);
  // The description speaks OpenAPI (discriminator, x-…, formats of its own) where JSON Schema would not.
  const loaded = new Ajv2020({
    strict: false,
    validateFormats: false,
    validateSchema: false,
    allErrors: true,
  });
  return loaded.addSchema(description as object, 'openai');
}

/** `nullable` is no word of JSON Schema's, and ajv refuses it where there is no `type` beside it. */
function nullableToNull(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('nullable' in value) || value.nullable !== true)
    return value;
  const { nullable: _nullable, ...schema } = value;
  return { anyOf: [schema, { type: 'null' }] };
}
