import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Which } from '../upstream/journal.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));

/** A program that answers a chat after a moment, and says so. */
const LOCAL = `
const { createServer } = require('node:http');
const answer = { id: 'c', object: 'chat.completion', created: 1, model: 'qwen3-4b', choices: [{ index: 0,
  message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 31, completion_tokens: 42, total_tokens: 73 } };
createServer((request, response) => {
  if (request.method === 'GET') return response.end('{"data":[]}');
  console.log(new Date().toISOString(), 'slot 0: answers a prompt of 31 tokens');
  setTimeout(() => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)), 260);
}).listen(process.env.PORT, '127.0.0.1', () => console.log('model loaded, ready'));
`;

const CRASHES = `console.error('CUDA error: out of memory'); setTimeout(() => process.exit(1), 300)`;

const ANSWER = `**Failover** means that another provider answers when the first one cannot. The client notices nothing, as long as nothing has been shown to it:

1. the first attempt fails: refused, too late, or an error in a \`200\`
2. its target is blocked for a while
3. the next one gets the *same* request

\`\`\`ts
for (const target of candidates) {
  const answer = await attempt(target);
  if (answer.hasContent) return answer;
}
\`\`\`
`;

const MODELS = ['gpt-4o-mini', 'llama-3.3-70b', 'mistral-small', 'qwen3-4b'];
const pieces = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

export interface Lively {
  readonly url: string;
  /** requests of all kinds, for that many ms */
  bustle(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A gateway with providers in all conditions, and traffic among which there are failures. */
export async function openLively(): Promise<Lively> {
  const home = await mkdtemp(join(tmpdir(), 'switchyard-screenshots-'));
  const upstreams = {
    openai: await startUpstream({ name: 'openai', interval: 12, text: pieces(ANSWER) }),
    groq: await startUpstream({ name: 'groq', interval: 3, text: pieces(ANSWER) }),
    mistral: await startUpstream({ name: 'mistral', interval: 8, text: pieces(ANSWER) }),
  };
  upstreams.openai.behaveWhen(every(5), 'slow-content', { delay: 900 });
  upstreams.mistral.behaveWhen(every(12), 'cut-before-content');
  const file = join(home, 'switchyard.json');
  await writeFile(file, JSON.stringify(configOf(home, upstreams)));
  const gateway = spawn(process.execPath, [MAIN, '--config', file, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await urlOf(gateway);
  return {
    url,
    bustle: (ms) => bustle(url, ms),
    async close() {
      const gone = once(gateway, 'exit');
      gateway.kill('SIGTERM');
      await gone;
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()));
      await rm(home, { recursive: true, force: true });
    },
  };
}

function configOf(home: string, { openai, groq, mistral }: Record<string, Upstream>): object {
  const remote = (use: string, upstream: Upstream | undefined, models: Record<string, string>) => ({
    use,
    apiKey: 'key-of-a-screenshot',
    baseUrl: upstream?.url,
    models,
  });
  const program = (code: string, models: Record<string, string>) => ({
    use: 'process',
    command: [process.execPath, '-e', code],
    env: { PORT: '{port}' },
    models,
  });
  return {
    home,
    discover: false,
    providers: {
      openai: {
        ...remote('openai', openai, { 'gpt-4o-mini': 'gpt-4o-mini', 'gpt-4o': 'gpt-4o' }),
        timeouts: { firstContent: 450 },
      },
      groq: remote('groq', groq, {
        'gpt-4o-mini': 'llama-3.1-8b-instant',
        'llama-3.3-70b': 'llama-3.3-70b-versatile',
      }),
      mistral: remote('mistral', mistral, {
        'mistral-small': 'mistral-small-latest',
        'gpt-4o-mini': 'mistral-small-latest',
      }),
      'qwen-on-cpu': { ...program(LOCAL, { 'qwen3-4b': 'qwen3-4b' }), start: 'boot' },
      'whisper-gpu': { ...program(CRASHES, { 'whisper-1': 'whisper-1' }), start: 'boot' },
      'nightly-llama': { ...program(LOCAL, { 'llama-nightly': 'llama-nightly' }), start: 'manual' },
    },
    models: {
      'gpt-4o-mini': {
        targets: [
          { provider: 'openai', weight: 3 },
          { provider: 'groq', weight: 2 },
          { provider: 'mistral' },
        ],
      },
    },
  };
}

/** Of the questions, each so-many-th. */
function every(count: number): Which {
  let asked = 0;
  return ({ method }) => method === 'POST' && ++asked % count === 0;
}

async function urlOf(gateway: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: gateway.stdout! })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url === undefined) continue;
    gateway.stdout!.resume();
    return url;
  }
  throw new Error('the gateway ended before it said where it listens');
}

async function bustle(url: string, ms: number): Promise<void> {
  const until = Date.now() + ms;
  const running: Promise<void>[] = [];
  for (let count = 0; Date.now() < until; count++) {
    const model = MODELS[count % 3 === 0 ? 0 : count % MODELS.length];
    running.push(chat(url, { model, stream: count % 2 === 0 }));
    await new Promise((resolve) => setTimeout(resolve, 60 + 90 * (1 + Math.sin(count / 15))));
  }
  await Promise.all(running);
}

async function chat(url: string, fields: object): Promise<void> {
  const messages = [{ role: 'user', content: 'What does failover mean here, in three steps?' }];
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages, ...fields }),
  });
  await answer.text();
}
