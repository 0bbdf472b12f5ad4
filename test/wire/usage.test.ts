import t from 'tap';
import { usageIn, UsageWatch } from '../../wire/usage.ts';

const of = (text: string) => usageIn(Buffer.from(text));

t.test('tokens are read in the words of each API', (t) => {
  t.strictSame(of('{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}'), {
    prompt: 3,
    completion: 4,
    total: 7,
  });
  t.strictSame(of('{"usage": {"input_tokens": 3, "output_tokens": 4,"details":{"x":{"}":1}}}}'), {
    prompt: 3,
    completion: 4,
    total: 7,
  });
  t.strictSame(of('{"message":{},"done":false}\n{"done":true,"prompt_eval_count":3,"eval_count":4}\n'), {
    prompt: 3,
    completion: 4,
    total: 7,
  });
  const billed = { input_tokens: 1, output_tokens: 2 };
  const tokens = { input_tokens: 3, output_tokens: 4 };
  t.match(of(JSON.stringify({ usage: { billed_units: billed, tokens } })), { prompt: 3, completion: 4 });
  t.match(of(JSON.stringify({ usage: { billed_units: billed } })), { prompt: 1, completion: 2 });
  t.strictSame(of('{"usage":{"prompt_tokens":3,"total_tokens":3}}'), { prompt: 3, completion: 0, total: 3 });
  t.end();
});

t.test('what only looks like it is none', (t) => {
  for (const text of [
    '',
    '{"usage":null}',
    '{"usage":{}}',
    '{"usage":{"prompt_tokens":"many"}}',
    '{"usage":[3]}',
    JSON.stringify({ content: '{"usage":{"prompt_tokens":3}}' }),
  ])
    t.equal(of(text), undefined, text);
  const real = '{"usage":{"prompt_tokens":3}}\n{"usage":null}';
  t.equal(of(real)?.prompt, 3, 'the last that says something');
  t.end();
});

t.test('of a stream, it may stand in the last piece or the one before it', (t) => {
  const watch = new UsageWatch({});
  t.equal(watch.usage, undefined);
  for (const piece of [
    'data: {"usage":null}\n\n',
    'data: {"usage":{"prompt_tokens":5}}\n\n',
    'data: [DONE]\n\n',
  ])
    watch.read(Buffer.from(piece));
  t.strictSame(watch.usage, { prompt: 5, completion: 0, total: 5 });
  t.end();
});

t.test('what a cache has read or written is part of the prompt, as it is for chat', async (t) => {
  const cached = {
    input_tokens: 3,
    cache_creation_input_tokens: 5,
    cache_read_input_tokens: 10,
    output_tokens: 2,
  };
  const given = (usage: object) => usageIn(Buffer.from(JSON.stringify({ usage })));
  t.match(given(cached), { prompt: 18, completion: 2, total: 20 });
  t.match(given({ ...cached, cache_creation: { ephemeral_5m_input_tokens: 5 } }), { prompt: 18 });
  t.match(given({ prompt_tokens: 18, completion_tokens: 2, cache_read_input_tokens: 10 }), { prompt: 18 });
});

t.test('Google counts thought and the results of its tools beside the rest', (t) => {
  const usageMetadata = {
    promptTokenCount: 9,
    toolUsePromptTokenCount: 1,
    candidatesTokenCount: 5,
    thoughtsTokenCount: 20,
    totalTokenCount: 35,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: 9 }],
  };
  const bytes = Buffer.from(JSON.stringify({ candidates: [], usageMetadata, modelVersion: 'm' }));
  t.strictSame(usageIn(bytes), { prompt: 10, completion: 25, total: 35 });
  const watch = new UsageWatch({ counts: 'TokenCount"' });
  t.ok(watch.read(bytes));
  t.notOk(watch.read(Buffer.from('{"usageMetadata":{"trafficType":"ON_DEMAND"}}')));
  t.match(watch.usage, { prompt: 10 });
  t.end();
});

t.test('tokens read from a cache and written to it are counted apart, in the words of each API', (t) => {
  for (const [usage, cached, written] of [
    [{ prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 4 } }, 4, undefined],
    [{ input_tokens: 9, output_tokens: 1, input_tokens_details: { cached_tokens: 4 } }, 4, undefined],
    [{ prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 4 }, 4, undefined],
    [{ input_tokens: 2, cache_creation_input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 1 }, 4, 3],
    [
      { prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 0 } },
      undefined,
      undefined,
    ],
  ] as const) {
    const read = of(JSON.stringify({ usage }));
    t.match([read?.cached, read?.cacheWritten, read?.prompt], [cached, written, 9], JSON.stringify(usage));
  }
  const google = { promptTokenCount: 9, candidatesTokenCount: 1, cachedContentTokenCount: 4 };
  t.match(of(JSON.stringify({ usageMetadata: google })), { prompt: 9, cached: 4 });
  t.end();
});
