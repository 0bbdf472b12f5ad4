/** Requests through the gateway, held against OpenAI's own description of its API. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { freePort } from '../command.ts';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { quirky } from '../quirky-provider.ts';

const root = join(import.meta.dirname, '..', '..');

/** steady checks every request against OpenAI's own description; what it thinks of each is in its log. */
async function startSteady(t: Test): Promise<{ url: string; verdicts(): Promise<string> }> {
  const port = await freePort();
  const description = join(root, 'test', 'fixtures', 'openapi', 'openapi.json');
  const program = join(root, 'node_modules', '@stdy', 'cli', 'steady.js');
  // On a build machine it writes another log, which says less.
  const { CI: _, GITHUB_ACTIONS: __, ...env } = process.env;
  const steady = spawn(process.execPath, [program, '--port', String(port), '--no-color', description], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let log = '';
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  steady.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    if (log.includes('Ready to accept')) resolve();
  });
  const end = (signal: NodeJS.Signals): void => {
    if (steady.exitCode === null && steady.signalCode === null) process.kill(-(steady.pid as number), signal);
  };
  t.teardown(() => end('SIGKILL'));
  await Promise.race([ready, once(steady, 'exit')]);
  const verdicts = async (): Promise<string> => {
    end('SIGINT');
    if (steady.exitCode === null && steady.signalCode === null) await once(steady, 'exit');
    return log.slice(log.indexOf('Ready to accept'));
  };
  return { url: `http://127.0.0.1:${port}`, verdicts };
}

const messages = [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }];
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];

/** Each is right by OpenAI's description when it is sent; it must be so when it arrives. */
const RIGHT: readonly [path: string, body: object][] = [
  ['/v1/chat/completions', { messages }],
  [
    '/v1/chat/completions',
    { messages, tools, tool_choice: 'auto', n: 2, max_completion_tokens: 500, seed: 1 },
  ],
  ['/v1/chat/completions', { messages, stream: true, stream_options: { include_usage: true } }],
  ['/v1/chat/completions', { messages, stream: false, metadata: { a: 'b' }, filler: 'x'.repeat(20_000) }],
  ['/v1/completions', { prompt: 'hi', max_tokens: 500 }],
  ['/v1/completions', { prompt: ['a', 'b'], stream: true }],
  ['/v1/embeddings', { input: ['a', 'b'], encoding_format: 'float', dimensions: 4 }],
  ['/v1/responses', { input: 'hi', max_output_tokens: 500 }],
  ['/v1/responses', { input: [{ role: 'user', content: 'hi' }], stream: true }],
  ['/v1/moderations', { input: ['a', 'b'] }],
  ['/v1/images/generations', { prompt: 'a cat', n: 1, size: '1024x1024' }],
  ['/v1/audio/speech', { input: 'hi', voice: 'alloy' }],
  ['/v1/engines/m/completions', { prompt: 'hi' }],
  ['/openai/deployments/m/chat/completions?api-version=2024-02-01', { messages }],
];

t.test('steady finds every forwarded request valid that arrived valid', { timeout: 300_000 }, async (t) => {
  const { url: baseUrl, verdicts } = await startSteady(t);
  const providers = {
    plain: { use: 'openai-compatible', baseUrl },
    mapped: { use: 'openai-compatible', baseUrl, models: { m: 'gpt-4o-mini' } },
    streaming: {
      use: quirky,
      baseUrl,
      models: { m: 'gpt-4o-mini' },
      quirks: { streams: 'only', maxTokens: 64 },
    },
    never: { use: quirky, baseUrl, quirks: { streams: 'never', maxTokens: 64 } },
    chatting: { use: 'openai-compatible', baseUrl, surfaces: ['chat'] },
    completing: { use: 'openai-compatible', baseUrl, surfaces: ['completions'] },
  };
  const switchyard = await startSwitchyard(t, {
    breaker: { failures: 1000, minimum: 1000 },
    providers,
    'model-lists': { every: '1h' },
    // A steady that says nothing is told as what it is, and not waited for until the test runs out.
    timeouts: { firstByte: '8s', firstContent: '8s', idle: '8s' },
  });
  let sent = 0;
  const send = async (path: string, options: Parameters<Switchyard['ask']>[1]): Promise<number> => {
    sent += 1;
    const { status, headers, text } = await switchyard.ask(path, options);
    t.ok(status === 200 || status === 502, `${path}: ${status} ${text.slice(0, 300)}`);
    t.match(headers['x-steady-request-valid'] ?? 'true', 'true', path);
    return status;
  };
  for (const provider of ['plain', 'mapped', 'streaming', 'never']) {
    for (const [path, body] of RIGHT) {
      const inPath = /engines|deployments/.test(path) ? {} : { model: 'm' };
      await send(`${path}${path.includes('?') ? '&' : '?'}provider=${provider}`, {
        body: { ...inPath, ...body },
      });
    }
    await send(
      `/v1/audio/transcriptions?provider=${provider}`,
      await form({ file: new Blob(['RIFF']), model: 'm' }),
    );
    await send(
      `/v1/images/edits?provider=${provider}`,
      await form({ model: 'm', prompt: 'x', image: new Blob(['P']) }),
    );
  }
  await send('/v1/completions?provider=chatting', {
    body: { model: 'm', prompt: 'hi', max_tokens: 5, stream: true },
  });
  await send('/v1/completions?provider=chatting', { body: { model: 'm', prompt: 'hi', temperature: 1 } });
  await send('/v1/chat/completions?provider=completing', {
    body: { model: 'm', messages, max_completion_tokens: 5 },
  });
  for (const path of [
    'files?limit=2&order=asc&',
    'responses/resp_1?',
    'batches?limit=2&',
    'fine_tuning/jobs?',
  ]) {
    await send(`/v1/${path}provider=plain`, {});
  }
  const wrong = await switchyard.ask('/v1/chat/completions?provider=plain', {
    body: { model: 'm', messages: 'hi' },
  });
  t.match(wrong, { status: 400, text: /Expected type array/ }, 'and one that is wrong it does find');

  const said = await verdicts();
  const lines = said.split('\n').filter((line) => /^\[.*\] (GET|POST) (?!\/models )/.test(line));
  t.equal(lines.length, sent + 1, 'it saw each of them');
  const refused = lines.filter((line) => !line.includes('→ 200 OK'));
  t.equal(refused.length, 1, refused.join('\n'));
  t.strictSame(said.match(/✗[^[]*/g), ['✗ E3008 body.messages: Expected type array, got string ']);
});

/** A multipart body as a client of today writes it. */
async function form(
  fields: Record<string, string | Blob>,
): Promise<{ body: Buffer; headers: Record<string, string> }> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value as string);
  const encoded = new Response(data);
  const headers = { 'content-type': encoded.headers.get('content-type') as string };
  return { body: Buffer.from(await encoded.arrayBuffer()), headers };
}
