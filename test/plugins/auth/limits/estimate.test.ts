import t from 'tap';
import type { Call, Trace } from '../../../../core/contracts/index.ts';
import { TokenEstimate } from '../../../../plugins/auth/limits/estimate.ts';

const callOf = (body: object, more: Partial<Call> = {}): Call =>
  ({
    surface: 'chat',
    model: 'm',
    choices: 1,
    format: 'json',
    raw: Buffer.from(JSON.stringify({ text: 'x'.repeat(400), ...body })),
    ...more,
  }) as Call;

t.test('the text of a request, and the answer that it allows, for each choice', (t) => {
  const estimate = new TokenEstimate();
  for (const name of ['max_tokens', 'max_completion_tokens', 'max_output_tokens']) {
    const tokens = estimate.of(callOf({ [name]: 1_000 })).total;
    t.ok(tokens > 1_100 && tokens < 1_120, `${name}: ${tokens}`);
  }
  const several = estimate.of(callOf({ max_tokens: 1_000 }, { choices: 3 })).total;
  t.ok(several > 3_100 && several < 3_120, String(several));
  t.end();
});

t.test('without one the usual answer of the model, as it was learned', (t) => {
  const estimate = new TokenEstimate();
  const before = estimate.of(callOf({})).total;
  t.ok(before > 300 && before < 400, String(before));
  const usage = { prompt: 10, completion: 2_000, total: 2_010 };
  estimate.learn({ model: 'm', usage, ending: 'complete' } as Trace);
  estimate.learn({ model: 'm', usage: { ...usage, completion: 5 }, ending: 'left' } as Trace);
  const after = estimate.of(callOf({})).total;
  t.ok(after > 2_100 && after < 2_120, String(after));
  t.ok(estimate.of(callOf({}, { model: 'other' })).total < 400, 'of that model only');
  t.end();
});

t.test('an API whose answers are no text needs none, and a file the least', (t) => {
  const estimate = new TokenEstimate();
  t.ok(estimate.of(callOf({}, { surface: 'embeddings' })).total < 120);
  t.equal(estimate.of(callOf({}, { format: 'multipart' })).total, 2, 'the least');
  t.end();
});

t.test('the length of an answer is read where each API says it, in a long body, too', (t) => {
  const estimate = new TokenEstimate();
  const asked = [
    { generationConfig: { maxOutputTokens: 1_000 } },
    { options: { num_predict: 1_000 } },
    { inferenceConfig: { maxTokens: 1_000 } },
    { max_tokens: 1_000 },
  ];
  for (const body of asked) {
    const text = JSON.stringify(body);
    t.equal(estimate.of(callOf(body)).completion, 1_000, text);
    t.equal(
      estimate.of(callOf({ ...body, long: 'a "max_tokens": 9 '.repeat(10_000) })).completion,
      1_000,
      text,
    );
  }
  t.equal(
    estimate.of(callOf({ options: { num_predict: -1 } })).completion,
    256,
    'no limit is the usual length',
  );
  t.end();
});

t.test(
  'a prompt is as many tokens as the upstream of its model has counted for the bytes of the latest',
  (t) => {
    const estimate = new TokenEstimate();
    const call = callOf({ max_tokens: 0 });
    const before = estimate.of(call).prompt;
    for (let nth = 0; nth < 20; nth += 1) {
      const counted = { prompt: before / 2, completion: 1, total: before / 2 + 1 };
      estimate.learn({ model: 'm', usage: counted, ending: 'complete' } as Trace, estimate.of(call));
    }
    t.equal(estimate.of(call).prompt, Math.ceil(before / 2), 'however many were under way with the old rate');
    t.equal(estimate.of(callOf({ max_tokens: 0 }, { model: 'other' })).prompt, before, 'of that model only');
    const guessed = { prompt: 1, completion: 1, total: 2, estimated: true };
    estimate.learn({ model: 'm', usage: guessed, ending: 'complete' } as Trace, estimate.of(call));
    t.equal(estimate.of(call).prompt, Math.ceil(before / 2), 'nothing is learned of an estimate');
    const far = { prompt: before * 1_000, completion: 1, total: before * 1_000 + 1 };
    estimate.learn({ model: 'm', usage: far, ending: 'complete' } as Trace, estimate.of(call));
    t.ok(estimate.of(call).prompt <= before * 4, 'within bounds');
    t.end();
  },
);
