/** The part of JSON Schema that the Gemini API takes. */
import t from 'tap';
import { asGemini, tool } from './as-gemini.ts';

t.test('members of a schema that the API would refuse are left out and listed', (t) => {
  for (const [schema, expected, dropped] of [
    [
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        additionalProperties: false,
        required: ['a'],
        properties: {
          a: { type: 'number', multipleOf: 2, exclusiveMinimum: 0, maximum: 9 },
          b: { type: ['string', 'null'], pattern: '^a', minLength: 1, format: 'date-time' },
          c: { type: 'array', uniqueItems: true, items: { const: 'x' }, minItems: 1 },
        },
      },
      {
        type: 'object',
        additionalProperties: false,
        required: ['a'],
        properties: {
          a: { type: 'number', maximum: 9 },
          b: { type: ['string', 'null'], format: 'date-time' },
          c: { type: 'array', items: { enum: ['x'] }, minItems: 1 },
        },
      },
      ['$schema', 'multipleOf', 'exclusiveMinimum', 'pattern', 'minLength', 'uniqueItems'],
    ],
    [
      {
        type: 'object',
        properties: { a: { $ref: '#/definitions/A', description: 'one' } },
        definitions: { A: { type: 'string' } },
      },
      { type: 'object', properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { type: 'string' } } },
      [],
    ],
    [
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { not: {}, type: 'integer' } }, required: ['b'] },
        ],
      },
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'integer' } },
        required: ['b', 'a'],
      },
      ['not'],
    ],
    [
      { type: 'object', properties: { pattern: { type: 'string' }, not: { type: 'string' } } },
      { type: 'object', properties: { pattern: { type: 'string' }, not: { type: 'string' } } },
      [],
    ],
  ] as const) {
    const { tools, dropped: left } = asGemini(tool(schema));
    t.match(tools[0].functionDeclarations[0].parametersJsonSchema, expected);
    const text = JSON.stringify(tools);
    for (const keyword of dropped) t.notOk(text.includes(`"${keyword}"`), keyword);
    t.strictSame(
      left,
      dropped.map((keyword) => `tools.parameters.${keyword}`),
    );
  }
  t.end();
});
