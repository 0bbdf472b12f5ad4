/**
 * `npm run soak [-- --minutes N]`: the real gateway under mixed load for an hour, with faults, reloads, restarts of a local
 * program and clients that leave. It fails where a request is lost or a process is left, and writes what grew into SOAK.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startUpstream } from '../test/upstream/upstream.ts';
import { rss, tree } from './proc.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const minutes = Number(values.minutes);
const WORKERS = 12;
const FAULTS = ['status-500', 'status-429', 'cut-after-content', 'rst-before-head', 'error-in-200'] as const;

const upstream = await startUpstream({ name: 'soak', interval: 5 });
const folder = mkdtempSync(join(tmpdir(), 'switchyard-soak-'));
const file = join(folder, 'switchyard.json');
const program = `require('http').createServer((q, r) => { q.resume(); q.on('end', () => r.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'local', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }] }))); }).listen(process.env.PORT, '127.0.0.1')`;
const lab = (more: object = {}): object => ({ use: 'openai-compatible', baseUrl: upstream.url, ...more });
const write = (n: number): void =>
  writeFileSync(
    file,
    JSON.stringify({
      discover: false,
      server: { port: 0 },
      providers: {
        a: lab({ models: { m: 'm' }, apiKey: `key-${n % 7}` }),
        b: lab({ models: { m: 'm' } }),
        none: {
          use: 'openai-compatible',
          baseUrl: 'http://127.0.0.1:9/v1',
          models: { m: 'm', refused: 'm' },
        },
        local: {
          use: 'process',
          command: [process.execPath, '-e', program],
          env: { PORT: '{port}' },
          port: 'free',
          probe: { path: '/' },
          models: { local: 'local' },
        },
      },
      timeouts: { firstByte: '5s', firstContent: '5s', idle: '5s' },
      dashboard: { enabled: n % 2 === 0 },
      traces: { keep: 200 + (n % 2) },
    }),
  );
write(0);
const gateway = spawn(process.execPath, ['main.ts', '--config', file], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'ignore'],
});
const pid = gateway.pid as number;
let said = '';
gateway.stdout.on('data', (chunk) => (said += String(chunk)));
while (!/curl http:\S+\/v1/.test(said)) await sleep(50);
const url = /curl (http:\/\/[^/]+)\/v1/.exec(said)![1] as string;

const counts = { whole: 0, told: 0, left: 0, lost: 0, reloads: 0, restarts: 0 };
const lost: string[] = [];
const endAt = Date.now() + minutes * 60_000;

interface Sample {
  readonly minute: number;
  readonly rss: number;
  readonly files: number;
  readonly threads: number;
}
const started = Date.now();
const sample = (): Sample => ({
  minute: Math.round((Date.now() - started) / 6_000) / 10,
  rss: Math.round(rss(pid)),
  files: readdirSync(`/proc/${pid}/fd`).length,
  threads: readdirSync(`/proc/${pid}/task`).length,
});

const post = (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });

/** One request; it is answered whole, or the client is told why not. */
async function ask(n: number): Promise<void> {
  const content = n % 11 === 0 ? 'x'.repeat(400_000) : 'hi';
  const messages = [{ role: 'user', content }];
  const kind = n % 5;
  const path = kind === 3 ? '/v1/messages' : '/v1/chat/completions';
  const model = kind === 4 ? (n % 10 === 4 ? 'local' : 'refused') : 'm';
  const isStream = kind === 1 || kind === 2 || (kind === 3 && n % 2 === 0);
  const leaves = n % 13 === 0 ? AbortSignal.timeout(20) : undefined;
  try {
    const answer = await post(path, { model, max_tokens: 50, stream: isStream, messages }, leaves);
    const text = await answer.text();
    const isWhole = isStream ? /data: \[DONE\]|event: message_stop/.test(text) : answer.ok;
    if (answer.ok && isWhole) counts.whole++;
    else if (/"error"/.test(text)) counts.told++;
    else lose(`${path} ${model} ${answer.status} ${text.slice(-200)}`);
  } catch (error) {
    if (leaves?.aborted) counts.left++;
    // A body without its end is told by the connection.
    else if ((error as Error).message === 'terminated') counts.told++;
    else lose(`${path} ${model} ${String((error as Error).cause ?? error)}`);
  }
}

function lose(what: string): void {
  counts.lost++;
  lost.push(what);
}

async function worker(own: number): Promise<void> {
  for (let n = own; Date.now() < endAt; n += WORKERS) {
    if (n % 17 === 0) upstream.behaveOnce(FAULTS[n % FAULTS.length]!);
    await ask(n);
  }
}

async function change(): Promise<void> {
  for (let n = 1; Date.now() < endAt; n++) {
    await sleep(3_000);
    write(n);
    const reloaded = await post('/config/reload', {});
    if (reloaded.ok) counts.reloads++;
    else lose(`reload: ${await reloaded.text()}`);
    if (n % 3 === 0 && (await post('/providers/local/restart', {})).ok) counts.restarts++;
  }
}

const samples: Sample[] = [];
const measuring = setInterval(() => samples.push(sample()), Math.max(5_000, minutes * 2_000));
await Promise.all([change(), ...Array.from({ length: WORKERS }, (_, own) => worker(own + 1))]);
clearInterval(measuring);
// Connections that are kept alive, and features that were replaced, end by themselves.
await sleep(6_000);
const atRest = sample();
const family = tree(pid).map((one) => one.pid);
gateway.kill('SIGTERM');
await once(gateway, 'exit');
const isThere = (one: number): boolean => {
  try {
    return process.kill(one, 0);
  } catch {
    return false;
  }
};
// A program ends a moment after the one that started it.
for (let waited = 0; waited < 5_000 && family.some(isThere); waited += 100) await sleep(100);
const orphans = family.filter(isThere);
await upstream.close();
rmSync(folder, { recursive: true, force: true });

const third = samples.slice(Math.floor(samples.length / 3));
const report = `# Soak

Written by \`npm run soak -- --minutes ${minutes}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} cores of ${cpus()[0]?.model}, shared with other work.

${WORKERS} clients at once: JSON, streams, streams translated for Anthropic, bodies of 400 KB, a local program, a provider that refuses, clients that leave; ${FAULTS.length} kinds of faults; a reload that changes features and keys every 3 s; restarts of the program.

| requests | |
|---|---|
| answered whole | ${counts.whole} |
| told of an error | ${counts.told} |
| left by the client | ${counts.left} |
| lost | ${counts.lost} |
| reloads, restarts of the program | ${counts.reloads}, ${counts.restarts} |
| processes left after the end | ${orphans.length} |

| minute | resident memory, MiB (with the program) | open files | threads |
|---|---|---|---|
${[...samples, atRest].map((one) => `| ${one.minute} | ${one.rss} | ${one.files} | ${one.threads} |`).join('\n')}

The last line is at rest, six seconds after the load.
`;
writeFileSync(new URL('SOAK.md', import.meta.url), report);
process.stdout.write(report);
for (const one of lost.slice(0, 10)) process.stdout.write(`lost: ${one}\n`);
const [first] = third;
const grows = minutes >= 10 && first !== undefined && atRest.rss > 1.5 * first.rss;
process.exitCode = counts.lost + orphans.length > 0 || grows ? 1 : 0;
process.exit();
