import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { entry, tree } from '../proc.ts';
import { LiveMemory } from './live-memory.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** ms that processes may take to end on a busy machine */
const PATIENCE_MS = 60_000;
/** ms until a change that was sent back is sent again */
const AGAIN_MS = 50;

/** A connection that is kept leads to the process that it was made to, which may be on its way out. */
const ALONE = { connection: 'close' };

/** A local program that answers each request at once. */
const PROGRAM = `require('http').createServer((q, r) => { q.resume(); q.on('end', () => r.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'local', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }] }))); }).listen(process.env.PORT, '127.0.0.1')`;

export interface Sample {
  readonly minute: number;
  /** MiB, of the gateway alone */
  readonly rss: number;
  readonly files: number;
  readonly threads: number;
}

/** The real gateway as `npm start` runs it, with a config that changes. */
export class Subject {
  readonly #upstream: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'switchyard-soak-'));
  readonly #file = join(this.#folder, 'switchyard.json');
  readonly #began = performance.now();
  /** every process that was seen, with the time when it started: a number may come again */
  readonly #seen = new Map<number, string>();
  readonly #memory = new LiveMemory();
  #launcher = 0;
  #ended: Promise<unknown> = Promise.resolve();
  #pid = 0;
  url = '';

  /** @param upstream base URL of what answers */
  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  async start(): Promise<void> {
    this.write(0);
    const launcher = spawn(process.execPath, ['runtime/run.mjs', 'main.ts', '--config', this.#file], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Where its memory is asked for: any free port.
      env: { ...process.env, NODE_OPTIONS: '--inspect-port=0' },
    });
    launcher.stderr.on('data', (chunk) => this.#memory.heard(String(chunk)));
    this.#launcher = launcher.pid as number;
    this.#ended = once(launcher, 'exit');
    let said = '';
    launcher.stdout.on('data', (chunk) => (said += String(chunk)));
    while (!/curl http:\S+\/v1/.test(said)) {
      if (launcher.exitCode !== null) throw new Error(`the gateway did not start: ${said}`);
      await sleep(50);
    }
    this.url = /curl (http:\/\/[^/]+)\/v1/.exec(said)![1] as string;
    this.#pid = tree(this.#launcher).find(({ parent }) => parent === this.#launcher)?.pid as number;
  }

  /** A config whose n-th version differs from the last in keys, a feature and an option. */
  write(n: number): void {
    const lab = (more: object): object => ({ use: 'openai-compatible', baseUrl: this.#upstream, ...more });
    const config = {
      discover: false,
      home: join(this.#folder, 'home'),
      server: { host: '127.0.0.1', port: 0 },
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
          command: [process.execPath, '-e', PROGRAM],
          env: { PORT: '{port}' },
          port: 'free',
          probe: { path: '/' },
          models: { local: 'local' },
        },
      },
      timeouts: { firstByte: '15s', firstContent: '15s', idle: '15s' },
      dashboard: { enabled: n % 2 === 0 },
      traces: { keep: 200 + (n % 2) },
    };
    writeFileSync(this.#file, JSON.stringify(config));
  }

  /** A file that cannot be read as a config: the last good one stays in force. */
  breakFile(): void {
    writeFileSync(this.#file, '{ "providers": ');
  }

  /**
   * The process that is being replaced says to send a change again, until the next one has the port.
   * @returns why it was refused; undefined: it was not
   */
  async change(path: string, patienceMs = PATIENCE_MS): Promise<string | undefined> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const answer = await fetch(this.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...ALONE },
        body: '{}',
      });
      const text = await answer.text();
      if (answer.ok) return undefined;
      if (answer.status !== 503 || !text.includes('"shutting_down"')) return text;
      if (performance.now() >= until)
        return `POST ${path}: for ${patienceMs / 1_000} s the process that is being replaced has sent it back: ${text}`;
      await sleep(AGAIN_MS);
    }
  }

  /** A new process takes the port; this one ends its answers. */
  async restart(): Promise<string | undefined> {
    this.sample();
    const answer = await fetch(`${this.url}/restart`, { method: 'POST', headers: ALONE });
    const text = await answer.text();
    if (!answer.ok) return text;
    this.#pid = (JSON.parse(text) as { pid: number }).pid;
    return undefined;
  }

  sample(): Sample {
    for (const first of [this.#launcher, this.#pid].filter((pid) => pid !== 0))
      for (const { pid, started } of tree(first)) this.#seen.set(pid, started);
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
    return {
      minute: Math.round((performance.now() - this.#began) / 6_000) / 10,
      rss: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024),
      files: readdirSync(`/proc/${this.#pid}/fd`).length,
      threads: readdirSync(`/proc/${this.#pid}/task`).length,
    };
  }

  /** What is left when the soak ends early. */
  stop(): void {
    if (this.#launcher !== 0) process.kill(this.#launcher, 'SIGTERM');
    this.#launcher = 0;
  }

  /** MiB that the gateway still uses after a full collection */
  live(): Promise<number> {
    return this.#memory.of(this.#pid);
  }

  /** Ends it. @returns the processes that are left */
  async end(): Promise<number[]> {
    this.stop();
    await this.#ended;
    const left = (): number[] =>
      [...this.#seen].filter(([pid, started]) => entry(pid)?.started === started).map(([pid]) => pid);
    for (let waitedMs = 0; waitedMs < PATIENCE_MS && left().length > 0; waitedMs += 100) await sleep(100);
    rmSync(this.#folder, { recursive: true, force: true });
    return left();
  }
}
