import t from 'tap';
import { withoutLogprobs } from '../../../wire/body/without-logprobs.ts';

t.test('log probabilities become null, and nothing else does', (t) => {
  for (const [json, text, values] of [
    ['{"logprobs":[1,2],"a":1}', '{"logprobs":null,"a":1}', 2],
    ['{"logprobs" : {"content":[{"top_logprobs":[{}]}]}}', '{"logprobs" : null}', 5],
    [
      '[{"top_logprobs":["]}\\"]",1]},{"logprobsResult":{}}]',
      '[{"top_logprobs":null},{"logprobsResult":null}]',
      3,
    ],
    ['{"logprobs":null,"top_logprobs":5}', '{"logprobs":null,"top_logprobs":5}', 0],
    ['{"a":"\\"logprobs\\":[1,2]"}', '{"a":"\\"logprobs\\":[1,2]"}', 0],
    ['{"logprobs":[1,', '{"logprobs":null', 2],
    ['["logprobs",[1]]', '["logprobs",[1]]', 0],
  ] as const) {
    const left = withoutLogprobs(Buffer.from(json));
    t.strictSame({ text: left.bytes.toString(), values: left.values }, { text, values }, json);
  }
  t.end();
});
