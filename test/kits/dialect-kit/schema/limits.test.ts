/** What each vendor takes of JSON Schema: the rest is left out, told, and said to the model in words. */
import t, { type Test } from 'tap';
import { startStandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard, type Parsed } from '../../../switchyard.ts';

const ask = { role: 'user', content: 'hi' };

/** What a provider of that API is sent, and what the caller is told of it. */
async function sentTo(
  t: Test,
  surface: string,
  body: object,
  { model = 'm', path = '/v1/chat/completions' } = {},
) {
  const server = await startStandIn(t, {});
  const provider = {
    use: 'openai-compatible',
    baseUrl: server.url,
    surfaces: [surface],
    models: { m: model },
  };
  const switchyard = await startSwitchyard(t, { providers: { provider }, retry: { again: 0 } });
  await switchyard.ask(path, { body: { model: 'm', messages: [ask], ...body } });
  const notes = JSON.stringify((await switchyard.trace()).notes);
  return { body: server.asked.findLast((one) => one.path.startsWith('POST'))?.body as Parsed, notes };
}

const answersIn = (schema: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
});
const tool = (parameters: object, strict = false) => ({
  tools: [{ type: 'function', function: { name: 'f', parameters, ...(strict && { strict }) } }],
});

const order = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 1, maximum: 9, description: 'How many' },
    name: { type: ['string', 'null'], minLength: 1, format: 'email' },
    color: { oneOf: [{ const: 'red' }, { $ref: '#/$defs/Color' }] },
    tags: { type: 'array', items: { type: 'string', format: 'color-hex' }, minItems: 1, uniqueItems: true },
    pairs: { type: 'array', items: { type: 'number' }, minItems: 2 },
  },
  required: ['count'],
  $defs: {
    Color: { allOf: [{ type: 'object', properties: { r: { type: 'number' } } }, { required: ['r'] }] },
  },
};

const claudes = {
  type: 'object',
  properties: {
    count: { type: 'integer', description: 'How many\n\n{minimum: 1, maximum: 9}' },
    name: { type: ['string', 'null'], format: 'email', description: '{minLength: 1}' },
    color: { anyOf: [{ const: 'red' }, { $ref: '#/$defs/Color' }] },
    tags: {
      type: 'array',
      items: { type: 'string', description: '{format: "color-hex"}' },
      minItems: 1,
      description: '{uniqueItems: true}',
    },
    pairs: { type: 'array', items: { type: 'number' }, description: '{minItems: 2}' },
  },
  required: ['count'],
  $defs: {
    Color: {
      type: 'object',
      properties: { r: { type: 'number' } },
      required: ['r'],
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

t.test('Claude is held to a schema without bounds, of closed objects, by either API', async (t) => {
  const anthropic = await sentTo(t, 'messages', { ...answersIn(order), ...tool(order, true) });
  t.strictSame(anthropic.body.output_config.format, { type: 'json_schema', schema: claudes });
  t.strictSame(anthropic.body.tools[0].input_schema, claudes);
  t.equal(anthropic.body.tools[0].strict, true);
  t.match(anthropic.notes, /tools\.parameters\.uniqueItems.*response_format\.minimum/);
  t.notMatch(anthropic.notes, /\$schema/);
  const aws = await sentTo(t, 'converse', { ...answersIn(order), ...tool(order, true) });
  t.strictSame(JSON.parse(aws.body.outputConfig.textFormat.structure.jsonSchema.schema), claudes);
  t.strictSame(aws.body.toolConfig.tools[0].toolSpec.inputSchema.json, claudes);
});

t.test('a tool that is not strict keeps its schema, but for a choice on top', async (t) => {
  const { body } = await sentTo(t, 'messages', tool(order));
  t.strictSame(body.tools[0], { name: 'f', input_schema: order });
  const choice = {
    oneOf: [
      { properties: { url: { type: 'string' }, depth: { type: 'number' } }, required: ['url', 'depth'] },
      { properties: { file: { type: 'string' } }, required: ['file', 'depth'] },
    ],
    properties: { depth: { type: 'number', minimum: 1 } },
  };
  const flat = {
    type: 'object',
    properties: { url: { type: 'string' }, depth: { type: 'number', minimum: 1 }, file: { type: 'string' } },
    required: ['depth'],
  };
  const chosen = await sentTo(t, 'messages', tool(choice));
  t.strictSame(chosen.body.tools[0].input_schema, flat);
  t.match(chosen.notes, /tools\.parameters\.oneOf/);
  const aws = await sentTo(t, 'converse', tool(choice));
  t.strictSame(aws.body.toolConfig.tools[0].toolSpec.inputSchema.json, flat);
});

t.test('objects of any form: a tool is not strict then, and an answer is asked for in words', async (t) => {
  const map = {
    type: 'object',
    properties: { counts: { type: 'object', additionalProperties: { type: 'number' } } },
  };
  const { body, notes } = await sentTo(t, 'messages', { ...answersIn(map), ...tool(map, true) });
  t.strictSame(body.tools[0], { name: 'f', input_schema: map });
  t.notOk(body.output_config);
  t.ok(body.system.at(-1).text.includes(JSON.stringify(map)));
  t.match(notes, /response_format/);
  t.match(notes, /tools\.strict/);
});

t.test('a schema that holds itself is beyond Claude, too', async (t) => {
  const tree = {
    type: 'object',
    properties: { left: { $ref: '#/$defs/Tree' } },
    additionalProperties: false,
  };
  const schema = { ...tree, $defs: { Tree: tree } };
  const { body } = await sentTo(t, 'messages', { ...answersIn(schema), ...tool(schema, true) });
  t.notOk(body.output_config);
  t.strictSame(body.tools[0], { name: 'f', input_schema: schema });
});

t.test('Claude of before 4.1 cannot be held to a schema, and is asked', async (t) => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  for (const surface of ['messages', 'converse']) {
    const old = await sentTo(t, surface, answersIn(schema), { model: 'claude-3-7-sonnet-20250219' });
    t.match(JSON.stringify(old.body.system), /JSON Schema/, surface);
    t.notOk(old.body.output_config ?? old.body.outputConfig, surface);
    const since = await sentTo(t, surface, answersIn(schema), { model: 'claude-opus-4-1-20250805' });
    t.ok(since.body.output_config ?? since.body.outputConfig, surface);
    t.notOk(since.body.system, surface);
  }
});

t.test("Amazon's own models take three keywords on top of a tool's schema", async (t) => {
  const { body, notes } = await sentTo(t, 'converse', tool(order), { model: 'amazon.nova-pro-v1:0' });
  t.strictSame(Object.keys(body.toolConfig.tools[0].toolSpec.inputSchema.json).sort(), [
    'properties',
    'required',
    'type',
  ]);
  t.match(notes, /tools\.parameters\.\$defs/);
});

t.test('Cohere takes no bounds, and few formats and patterns', async (t) => {
  const schema = {
    type: 'object',
    properties: {
      count: { type: 'integer', minimum: 1 },
      code: { type: 'string', pattern: '[A-Z]{3}' },
      whole: { type: 'string', pattern: '^[A-Z]$' },
      mail: { type: 'string', format: 'email' },
      day: { type: 'string', format: 'date' },
      either: { oneOf: [{ type: 'string' }, { type: 'null' }] },
      map: { type: 'object', additionalProperties: { type: 'integer', maximum: 5 } },
    },
    required: ['count'],
  };
  const cohere = {
    ...schema,
    properties: {
      count: { type: 'integer', description: '{minimum: 1}' },
      code: { type: 'string', pattern: '[A-Z]{3}' },
      whole: { type: 'string', description: '{pattern: "^[A-Z]$"}' },
      mail: { type: 'string', description: '{format: "email"}' },
      day: { type: 'string', format: 'date' },
      either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      map: { type: 'object', additionalProperties: { type: 'integer', description: '{maximum: 5}' } },
    },
  };
  const { body, notes } = await sentTo(t, 'cohere-chat', { ...answersIn(schema), ...tool(schema, true) });
  t.strictSame(body.response_format, { type: 'json_object', json_schema: cohere });
  t.strictSame(body.tools[0].function.parameters, cohere);
  t.equal(body.strict_tools, true);
  t.match(notes, /response_format\.minimum/);
  const optional = await sentTo(t, 'cohere-chat', tool({ ...schema, required: [] }, true));
  t.notOk(optional.body.strict_tools);
  t.match(optional.notes, /tools\.function\.strict/);
});

t.test("OpenAI's models are strict only with a schema that they take as such", async (t) => {
  const closed = { type: 'object', additionalProperties: false };
  const a = { a: { type: 'string' } };
  const path = '/v1/messages';
  const asked = (schema: object) => ({
    max_tokens: 10,
    output_config: { format: { type: 'json_schema', schema } },
    tools: [{ name: 'f', input_schema: schema, strict: true }],
  });
  for (const [schema, model, strict] of [
    [{ ...closed, properties: a, required: ['a'] }, 'gpt-5.4', true],
    [{ ...closed, properties: a, required: [] }, 'gpt-5.4', false],
    [{ type: 'object', properties: a, required: ['a'] }, 'openai/gpt-4o', false],
    [{ ...closed, properties: { a: { oneOf: [] } }, required: ['a'] }, 'o3', false],
    [{ type: 'object', properties: a }, 'gpt-oss-120b', true],
    [{ type: 'object', properties: a }, 'llama', true],
  ] as const) {
    const { body, notes } = await sentTo(t, 'chat', asked(schema), { model, path });
    t.equal(body.response_format.json_schema.strict === true, strict, `${model} ${JSON.stringify(schema)}`);
    t.strictSame(body.response_format.json_schema.schema, schema);
    t.equal(body.tools[0].function.strict === true, strict);
    t.equal(/tools\.strict/.test(notes), !strict);
  }
});

t.test('schemas of any length are made to fit', async (t) => {
  const many = Array.from({ length: 20_000 }, (_, nth) => `a${nth}`);
  const chain = Object.fromEntries(
    many.map((name, nth) => [
      name,
      { anyOf: [{ $ref: `#/$defs/a${nth + 1}` }, { type: 'string', minLength: 1 }] },
    ]),
  );
  const schema = {
    allOf: many.map((name) => ({
      type: 'object',
      properties: { [name]: { type: 'string' } },
      required: [name],
    })),
    $defs: { ...chain, a20000: { type: 'string' } },
  };
  const { body } = await sentTo(t, 'messages', answersIn(schema));
  const sent = body.output_config.format.schema;
  t.equal(Object.keys(sent.properties).length, 20_000);
  t.equal(sent.required.length, 20_000);
  t.strictSame(sent.$defs.a0, {
    anyOf: [{ $ref: '#/$defs/a1' }, { type: 'string', description: '{minLength: 1}' }],
  });
});
