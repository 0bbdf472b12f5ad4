import t from 'tap';
import { quirky } from '../../quirky-provider.ts';
import {
  bytesFrom,
  gatewayInFront,
  surfaceNames,
  targetOf,
  upstream,
  type SurfaceName,
} from '../../in-front.ts';

const sse = (...events: object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

/** An answer without a word, as JSON and as a stream, with what explains it. */
function silent(surface: SurfaceName, tokens: number, choice: object = {}): { json: string; stream: string } {
  const usage = { prompt_tokens: 9, completion_tokens: tokens, total_tokens: 9 + tokens };
  if (surface === 'responses') {
    const response = {
      id: 'resp_1',
      object: 'response',
      status: 'completed',
      output: [
        { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: '' }] },
      ],
      usage: { input_tokens: 9, output_tokens: tokens, total_tokens: 9 + tokens },
    };
    return { json: JSON.stringify(response), stream: sse({ type: 'response.completed', response }) };
  }
  const head = { id: 'c1', created: 1, model: 'm' };
  const ended = { index: 0, finish_reason: 'stop', ...choice };
  const [object, blank, delta] =
    surface === 'chat'
      ? ['chat.completion', { message: { role: 'assistant', content: '' } }, { delta: {} }]
      : ['text_completion', { text: '' }, { text: '' }];
  return {
    json: JSON.stringify({ ...head, object, choices: [{ ...ended, ...blank }], usage }),
    stream: `${sse(
      { ...head, object, choices: [{ ...ended, ...delta }] },
      { ...head, object, choices: [], usage },
    )}data: [DONE]\n\n`,
  };
}

/** What explains it: what is asked, the tokens counted, what the choice says besides. */
const EXPLAINED: readonly (readonly [what: string, asked: object, tokens: number, choice: object])[] = [
  ['a list of stop sequences', { stop: ['The'] }, 0, {}],
  ['one stop sequence, a line break', { stop: '\n' }, 0, {}],
  ['a counted token', {}, 1, {}],
  ['both', { stop: ['The'] }, 1, {}],
];
const BY_REASON: typeof EXPLAINED = [
  ['the sequence that was met', {}, 0, { stop_reason: 'The' }],
  ["the server's own word for it", {}, 0, { finish_reason: 'eos_token' }],
];

const route = {
  strategy: { use: 'priority' },
  targets: [{ provider: 'one' }, { provider: 'two', priority: 1 }],
};

t.jobs = 4;

for (const streams of ['both', 'only', 'never'] as const) {
  t.test(`an empty answer that explains itself is valid, streamed: ${streams}`, async (t) => {
    const one = await upstream(t, 'one');
    const two = await upstream(t, 'two');
    const each = { use: quirky, quirks: { streams } };
    const switchyard = await gatewayInFront(t, { one, two }, { each, route });
    for (const surface of surfaceNames) {
      for (const [what, asked, tokens, choice] of [
        ...EXPLAINED,
        ...(surface === 'responses' ? [] : BY_REASON),
      ]) {
        for (const stream of [true, false]) {
          const { json, stream: events } = silent(surface, tokens, choice);
          const streamed = streams === 'both' ? stream : streams === 'only';
          one.behave('status', {
            code: 200,
            contentType: streamed ? 'text/event-stream' : 'application/json',
            body: streamed ? events : json,
          });
          const title = `${surface}, ${stream ? 'streamed' : 'whole'}: ${what}`;
          const { status, headers, body } = await bytesFrom(`${switchyard.url}/v1`, surface, {
            stream,
            ...asked,
          });
          t.equal(status, 200, title);
          t.match(headers, { 'x-switchyard-provider': 'one', 'x-switchyard-attempts': '1' }, title);
          t.notMatch(body.toString(), /"error":\{/, title);
          t.match(body.toString(), stream ? /\[DONE\]|response\.completed/ : /^\{.*\}$/, title);
        }
      }
    }
    t.equal(targetOf(switchyard, 'one').errorRate, 0, 'none counted against its health');
    t.equal(targetOf(switchyard, 'one').blocks(Date.now()).size, 0);
    t.equal(two.posts.length, 0);
  });
}

t.test('an empty answer without a reason is a failure, and another target answers', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const switchyard = await gatewayInFront(t, { one, two }, { route });
  for (const surface of surfaceNames) {
    for (const stream of [true, false]) {
      for (const asked of [{}, { stop: [] }, { stop: null }]) {
        const { json, stream: events } = silent(surface, 0);
        one.behave('status', {
          code: 200,
          contentType: stream ? 'text/event-stream' : 'application/json',
          body: stream ? events : json,
        });
        targetOf(switchyard, 'one').reset();
        const { headers } = await bytesFrom(`${switchyard.url}/v1`, surface, { stream, ...asked });
        t.match(headers, { 'x-switchyard-provider': 'two', 'x-switchyard-attempts': '2' }, surface);
      }
    }
  }
});
