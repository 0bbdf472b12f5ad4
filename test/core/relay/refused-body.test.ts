import t from 'tap';
import { bytesFrom, errorOf, gatewayInFront, upstream, type SurfaceName } from '../../in-front.ts';

const loc = ['body', 'messages', 0, 'role'];

t.test('a refusal in another shape gets OpenAI’s, with its status', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  const shapes: readonly [code: number, body: object, words: string][] = [
    [400, { detail: 'Context is too long' }, 'Context is too long'],
    [
      422,
      { detail: [{ loc, msg: 'Field required', type: 'missing' }] },
      'body.messages.0.role: Field required',
    ],
    [
      422,
      {
        detail: [
          { loc, msg: 'Field required' },
          { loc: ['body', 'n'], msg: 'Input should be 1', input: 2 },
        ],
      },
      'body.messages.0.role: Field required; body.n: Input should be 1',
    ],
    [418, { detail: { message: 'no tea here', code: 7 } }, 'no tea here'],
    [418, { detail: { error: { message: 'no cup', type: 'api_error' } } }, 'no cup'],
    [418, { detail: { reason_code: 'E7' } }, '{"reason_code":"E7"}'],
    [418, { error: 'Invalid key' }, 'Invalid key'],
    [418, [{ error: { code: 400, message: 'a list of one' } }], 'a list of one'],
    [418, { object: 'error', message: 'flat', code: 40_001 }, 'flat'],
  ];
  for (const surface of ['chat', 'completions', 'responses'] as SurfaceName[])
    for (const stream of [true, false])
      for (const [code, body, words] of shapes) {
        one.behave('status', { code, body, headers: { 'x-request-id': 'of-one' } });
        const answer = await bytesFrom(`${switchyard.url}/v1`, surface, { stream });
        t.equal(answer.status, code);
        t.match(answer.headers, { 'content-type': 'application/json', 'x-request-id': 'of-one' });
        t.same(errorOf(answer.body.toString()), {
          message: `one answered ${code}: ${words}`,
          type: 'invalid_request_error',
          param: null,
          code: 'upstream_status',
        });
        if ('detail' in body)
          t.match(JSON.parse(answer.body.toString()), { detail: body.detail }, 'as it was');
      }
});

t.test('an error in OpenAI’s shape passes byte for byte, with any other members', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  for (const error of [
    '{"error":{"code":400,"message":"request (9 tokens) exceeds","type":"exceed_context_size_error","n_ctx":8}}',
    '{"error" : {"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}\n',
    '{"detail":"beside it","error":{"message":"it","id":12345678901234567890}}',
  ])
    for (const contentType of ['application/json', 'application/problem+json', 'text/plain', 'text/html']) {
      one.behave('status', { code: 400, body: error, contentType });
      const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat');
      t.equal(answer.status, 400);
      t.equal(answer.body.toString(), error);
      t.match(answer.headers['content-type'], 'json', contentType);
    }
});

t.test('a refusal sent as an event is passed on with its message', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  const error = '{"error":{"message":"no such voice","type":"invalid_request_error","code":null}}';
  for (const [body, told] of [
    [`data: ${error}\n\n`, error],
    [`: ping\n\nevent: error\ndata: ${error}\n\ndata: [DONE]\n\n`, error],
    ['data: {"detail":"no such voice"}\n\n', 'one answered 400: no such voice'],
    ['data: no such voice\n\n', 'one answered 400: "data: no such voice"'],
  ] as const) {
    one.behave('status', { code: 400, body, contentType: 'text/event-stream' });
    const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat');
    t.equal(answer.status, 400);
    t.match(answer.headers['content-type'], 'application/json');
    if (told === error) t.equal(answer.body.toString(), error);
    else t.equal(errorOf(answer.body.toString()).message, told);
  }
});
