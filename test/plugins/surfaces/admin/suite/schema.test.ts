import { Ajv } from 'ajv';
import t from 'tap';
import {
  CHAT_COMPLETION,
  CHAT_COMPLETION_CHUNK,
} from '../../../../../plugins/surfaces/admin/suite/schema.ts';
import { openaiSchema } from '../../../../openai-schema.ts';

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });

const message = {
  role: 'assistant',
  content: 'Hello.',
  refusal: null,
  tool_calls: [{ id: 't1', type: 'function', function: { name: 'f', arguments: '{}' } }],
};
const head = { id: 'c1', created: 1_780_000_000, model: 'm', system_fingerprint: 'fp' };
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

const ANSWER = {
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
  usage,
};

const CHUNK = {
  ...head,
  object: 'chat.completion.chunk',
  choices: [
    {
      index: 0,
      delta: {
        role: 'assistant',
        content: 'Hello.',
        refusal: null,
        tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      logprobs: null,
      finish_reason: null,
    },
  ],
  usage,
};

/** Where we let pass what the description does not: many leave these out, and no client minds. */
const LENIENT = /(^|\/)(refusal gone|logprobs (gone|is .*))$/;

const INSTEAD: readonly unknown[] = [null, 'a text', 7, 1.5, true, [], {}];

type Path = readonly (string | number)[];

/** Every member of a value, however deep. */
function* paths(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    yield* paths(inner, [...path, Array.isArray(value) ? Number(name) : name]);
}

/** The same with one member changed; undefined: gone. */
function changed(value: unknown, [name, ...rest]: Path, to: unknown): unknown {
  if (Array.isArray(value))
    return value.map((inner, at) => (at === name ? (rest.length ? changed(inner, rest, to) : to) : inner));
  const object = value as Record<string, unknown>;
  const inner = rest.length > 0 ? changed(object[name as string], rest, to) : to;
  return Object.fromEntries(
    Object.entries({ ...object, [name as string]: inner }).filter(([, member]) => member !== undefined),
  );
}

function* variants(value: object): Generator<[name: string, variant: unknown]> {
  yield ['as it is', value];
  for (const path of paths(value)) {
    if (typeof path.at(-1) === 'string') yield [`${path.join('/')} gone`, changed(value, path, undefined)];
    for (const to of INSTEAD) yield [`${path.join('/')} is ${JSON.stringify(to)}`, changed(value, path, to)];
  }
}

for (const [name, own, good] of [
  ['CreateChatCompletionResponse', CHAT_COMPLETION, ANSWER],
  ['CreateChatCompletionStreamResponse', CHAT_COMPLETION_CHUNK, CHUNK],
] as const) {
  t.test(`the suite accepts what OpenAI's ${name} accepts`, (t) => {
    const theirs = openaiSchema(name);
    const ours = ajv.compile(own);
    t.ok(ours(good));
    let refused = 0;
    for (const [what, value] of variants(good)) {
      const right = theirs(value).length === 0;
      if (LENIENT.test(what)) t.equal(ours(value), true, what);
      else if (ours(value) !== right)
        t.fail(`${what}: ${right ? 'only we refuse it' : 'only they refuse it'}`);
      if (!right) refused++;
    }
    t.ok(refused > 50, `${refused} variants are wrong`);
    t.end();
  });
}
