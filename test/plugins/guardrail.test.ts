import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { openLab } from '../lab.ts';
import type { Parsed } from '../switchyard.ts';

const SECRET = 'shared with the guard';
type Answer = (question: Parsed, response: ServerResponse) => void;

/** A gateway whose guardrail is a server of ours. */
async function guarded(t: Test, answer: Answer, guardrail: Record<string, unknown> = {}) {
  const asked: { readonly request: IncomingMessage; readonly text: string }[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    asked.push({ request, text });
    answer(JSON.parse(text), response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/check?token=planted`;
  const lab = await openLab(t, { config: { guardrail: { url, secret: SECRET, ...guardrail } } });
  return { ...lab, questions: asked };
}

const allow: Answer = (_question, response) => void response.end('{"allow":true}');

t.test('each request that names a model is asked about, as it was written, and signed', async (t) => {
  const { switchyard, questions, upstream } = await guarded(t, allow, { models: ['m', 'big-*'] });
  const body = '{"model":"m","seed":12345678901234567890,"messages":[{"role":"user","content":"hi"}]}';
  t.equal((await switchyard.ask('/v1/chat/completions', { body })).status, 200);
  t.equal((await switchyard.chat({ model: 'big-one', stream: true })).events.at(-1), '[DONE]');
  t.equal((await switchyard.chat({ model: 'small' })).status, 200);
  t.equal(questions.length, 2);
  t.equal(questions[0]?.text, `{"surface":"chat","model":"m","stream":false,"key":null,"request":${body}}`);
  for (const { text, request } of questions) {
    const time = String(request.headers['x-switchyard-timestamp']);
    const digest = createHmac('sha256', SECRET).update(`${time}.${text}`).digest('hex');
    t.equal(request.headers['x-switchyard-signature'], `sha256=${digest}`);
  }
  t.equal(upstream.posts[0]?.body.toString(), body, 'nothing is changed');
  t.notMatch((await switchyard.ask('/config')).text, /planted|shared with/);
});

t.test('what it refuses is refused with its reason, and no provider is asked', async (t) => {
  const no: Answer = ({ request }, response) => {
    const allowed = !JSON.stringify(request).includes('bomb');
    response.end(JSON.stringify({ allow: allowed, reason: 'no bombs here' }));
  };
  const { switchyard, asked } = await guarded(t, no);
  const messages = [{ role: 'user', content: 'a bomb' }];
  for (const stream of [false, true]) {
    const refused = await switchyard.chat({ messages, stream });
    t.match(refused, { status: 400, text: /"message":"no bombs here".*"code":"hook_refused"/ });
    t.equal(refused.headers['x-should-retry'], 'false');
  }
  const anthropic = await switchyard.ask('/v1/messages', { body: { model: 'm', max_tokens: 1, messages } });
  t.match(anthropic.json(), {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'no bombs here' },
  });
  t.same(asked(), []);
  t.equal((await switchyard.chat()).status, 200);
});

t.test('without its word nothing passes, or all, as configured', async (t) => {
  const wrong: readonly Answer[] = [
    (_, response) => void response.writeHead(500).end('{"allow":true}'),
    (_, response) => void response.end('yes'),
    (_, response) => void response.end('{"allow":"yes"}'),
    (_, response) => void response.destroy(),
    () => {},
  ];
  for (const [nth, answer] of wrong.entries()) {
    const timeout = nth === 4 ? '50ms' : '30s';
    const closed = await guarded(t, answer, { timeout });
    t.match(await closed.switchyard.chat(), { status: 503, text: /hook_failed/ }, `${nth}`);
    t.same(closed.asked(), []);
    const open = await guarded(t, answer, { timeout, onFailure: 'pass' });
    t.equal((await open.switchyard.chat()).status, 200, `${nth}`);
    t.match((await open.switchyard.trace()).notes[0].remark, /^the hook guardrail failed: /);
  }
});
