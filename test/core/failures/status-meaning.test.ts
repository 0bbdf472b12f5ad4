import t from 'tap';
import { isServerError, meaningOfStatus, refusesKey } from '../../../core/failures/status-meaning.ts';
import { readSources } from '../../sources.ts';

const about = (status: number, body: unknown) =>
  meaningOfStatus(status).lack?.(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
const error = (message: string, more: Record<string, unknown> = {}) => ({ error: { message, ...more } });

t.test('what a server says of a path that it lacks is about the path', async (t) => {
  for (const [server, status, body] of [
    ['FastAPI', 404, { detail: 'Not Found' }],
    ['FastAPI', 405, { detail: 'Method Not Allowed' }],
    ['llama.cpp', 404, error('File Not Found', { code: 404, type: 'not_found_error' })],
    [
      'llama.cpp',
      501,
      error('This server does not support embeddings. Start it with `--embeddings`', { code: 501 }),
    ],
    [
      'OpenAI',
      404,
      error('Invalid URL (POST /v1/nothing)', { type: 'invalid_request_error', code: null, param: null }),
    ],
    [
      'Groq',
      404,
      error('Unknown request URL: POST /openai/v1/x. Please check the URL for typos', {
        code: 'unknown_url',
      }),
    ],
    ['Go', 404, '404 page not found\n'],
    ['Kong', 404, { message: 'no Route matched with those values' }],
    ['Express', 404, '<!DOCTYPE html><pre>Cannot POST /v1/completions</pre>'],
    ['nginx', 404, '<html><title>404 Not Found</title></html>'],
    ['any server', 404, ''],
    ['any server', 404, {}],
    ['Python', 501, '<p>Message: Unsupported method (POST).</p>'],
  ] as const)
    t.equal(about(status, body), 'path', `${server} ${status}`);
});

t.test('what is said of a model is about the model', async (t) => {
  for (const [server, body] of [
    [
      'OpenAI',
      error('The model `x` does not exist or you do not have access to it.', { code: 'model_not_found' }),
    ],
    ['vLLM', error('The model `x` does not exist.', { type: 'NotFoundError', param: 'model', code: 404 })],
    ['Ollama', { error: "model 'x' not found, try pulling it first" }],
    ['FastAPI', { detail: 'Model x is not loaded' }],
    ['text', 'model not found'],
    ['Azure', error('The API deployment for this resource does not exist.', { code: 'DeploymentNotFound' })],
  ] as const)
    t.equal(about(404, body), 'model', server);
});

t.test('an unknown model is one whatever the status', (t) => {
  for (const [server, body] of [
    [
      'LiteLLM',
      error(
        '/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models',
        {
          code: '400',
        },
      ),
    ],
    ['DeepSeek', error('Model Not Exist', { code: 'invalid_request_error' })],
    ['Mistral', { object: 'error', message: 'Invalid model: x', type: 'invalid_model', code: '1500' }],
    ['OpenRouter', error('x/y is not a valid model ID', { code: 400 })],
    ['copilot', error('The requested model is not supported.', { code: 'model_not_supported' })],
    ['any', error("The model 'x' does not exist")],
  ] as const)
    t.equal(about(400, body), 'model', server);
  for (const [server, body] of [
    [
      'OpenAI',
      error("This model's maximum context length is 8192 tokens, yours has 9000", { param: 'messages' }),
    ],
    ['OpenAI', error("Unsupported value: 'temperature' does not support 0.7 with this model.")],
    ['vLLM', error('max_tokens=1000000 cannot be greater than max_model_len=2048.', { code: 400 })],
    ['any', error('model is required', { param: 'model' })],
  ] as const)
    t.equal(about(400, body), undefined, `${server}: ${JSON.stringify(body)}`);
  t.end();
});

t.test('what a model cannot read says nothing of its server, though the status is 500', (t) => {
  const hint = 'hint: if this is unexpected, you may need to provide the mmproj';
  t.equal(about(500, error(`image input is not supported - ${hint}`, { code: 500 })), 'model');
  t.equal(about(500, error('audio input is not supported', { code: 500 })), 'model');
  t.equal(about(500, { error: 'this model does not support images' }), 'model');
  t.equal(about(500, error('The server had an error while processing your request')), undefined);
  t.equal(about(500, 'Internal Server Error'), undefined);
  t.end();
});

t.test('another thing that is not there says nothing of the server', async (t) => {
  for (const body of [
    error('No such File object: file-abc', { param: 'id' }),
    error("No batch found with id 'batch_1'"),
    error("Previous response with id 'resp_1' not found.", { code: 'previous_response_not_found' }),
    error('Prompt template is unknown'),
  ])
    t.equal(about(404, body), undefined, JSON.stringify(body));
  t.equal(about(400, { detail: 'Not Found' }), undefined);
  t.equal(about(500, ''), undefined);
});

t.test('a door that is closed, and a body that is too large, are about the server', (t) => {
  for (const [server, status, body] of [
    ['Cloudflare', 403, '<html><title>Attention Required! | Cloudflare</title></html>'],
    [
      'OpenAI',
      403,
      error('Country, region, or territory not supported', { code: 'unsupported_country_region_territory' }),
    ],
    ['Bedrock', 403, { message: "You don't have access to the model with the specified model ID." }],
    ['any server', 403, ''],
    ['nginx', 413, '<html><title>413 Request Entity Too Large</title></html>'],
    [
      'Groq',
      413,
      error('Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 9000'),
    ],
    ['Anthropic', 413, error('Request exceeds the maximum size', { type: 'request_too_large' })],
    ['any server', 413, ''],
  ] as const)
    t.equal(about(status, body), 'model', `${server} ${status}`);
  for (const [server, status, body] of [
    ['OpenRouter', 403, error('Your chosen model requires moderation and your input was flagged')],
    ['any server', 403, error('This violates our content policy')],
    ['any server', 413, error("This model's maximum context length is 8192 tokens")],
  ] as const)
    t.equal(about(status, body), undefined, `${server} ${status}: it is about the request`);
  t.end();
});

t.test('a refused key says nothing about the server, and only a server error is one', (t) => {
  const statuses = [200, 400, 401, 402, 403, 404, 408, 422, 429, 500, 503, 599];
  t.strictSame(statuses.filter(refusesKey), [401, 402, 403]);
  t.strictSame(statuses.filter(isServerError), [500, 503, 599]);
  t.end();
});

t.test('what a status means stands in one table: nothing else compares one with a number', async (t) => {
  // A provider knows its own server. The table, and that of errors; how an API of our own callers, and Fastify, spell errors; what the suite asks a provider for; words.
  const ALLOWED =
    /^(core\/errors|core\/failures\/status-meaning|core\/dispatch\/final-response|server\/error-handler|wire\/refusal-words|plugins\/surfaces\/(admin\/suite|[a-z]+\/dialects?)\/)/;
  const sources = (await readSources()).filter(({ path }) => /^(core|kits|plugins|server|wire)\//.test(path));
  const comparing = sources.filter(
    ({ path, text }) => !ALLOWED.test(path) && /\bstatus(Code)? (===|!==|>=|<=|<|>) [45]\d\d/.test(text),
  );
  t.ok(sources.length > 400);
  t.strictSame(
    comparing.map(({ path }) => path),
    [],
  );
});
