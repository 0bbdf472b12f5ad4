import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { testFolder } from '../test-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const nodePackage = `node_modules/node-${process.platform}-${process.arch}`;

const scripts = {
  'report.ts': `
    const { argv, execArgv, env }: NodeJS.Process = process;
    console.log(JSON.stringify({ args: argv.slice(2), execArgv, env }));
    process.exitCode = Number(env.EXIT_CODE ?? 0);`,
  'wait.ts': `
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => { console.log('got ' + name); setTimeout(() => process.exit(7), 50); });
    }
    setInterval(() => {}, 1000);
    console.log('ready ' + process.pid);`,
  'die.ts': `process.kill(process.pid, 'SIGKILL');`,
};

const packages = {
  'node_modules/alpha': { version: '1.0.0', integrity: 'sha512-alpha' },
  'node_modules/beta': { version: '2.0.0', integrity: 'sha512-beta', dev: true },
  'node_modules/other-platform': { version: '3.0.0', integrity: 'sha512-other', optional: true },
};

/** Stands for Vite: "builds" the one source there is, unless that is broken. */
const vite = `
  const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
  const source = readFileSync('src/main.tsx', 'utf8');
  if (source.includes('broken')) {
    console.error('error during build:\\n[PARSE_ERROR] src/main.tsx is broken');
    process.exit(1);
  }
  const folder = process.argv[process.argv.indexOf('--outDir') + 1];
  mkdirSync(folder);
  writeFileSync(folder + '/index.html', source);`;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A small project that starts as this one does, in a folder of its own, with a fake npm on its PATH. Its
 * `minimum` Node decides whether the Node of this test is new enough.
 */
export class Project {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #calls: string;

  constructor(t: Test, { minimum = '20.0.0', offersNode = true } = {}) {
    this.folder = testFolder(t, { bin: {}, runtime: {}, empty: {}, ...scripts });
    this.#calls = join(this.folder, 'calls');
    this.write('package.json', { engines: { node: `>=${minimum}` } });
    this.write('package-lock.json', { packages: { '': {}, ...packages } });
    this.write('runtime/package.json', {});
    const node = { version: '999.1.0', integrity: 'sha512-node', optional: true, bin: { node: 'bin/node' } };
    this.write('runtime/package-lock.json', {
      packages: { '': {}, ...(offersNode && { [nodePackage]: node }) },
    });
    for (const name of readdirSync(join(root, 'runtime')).filter((file) => file.endsWith('.mjs'))) {
      cpSync(join(root, 'runtime', name), join(this.folder, 'runtime', name));
    }
    symlinkSync(join(root, 'test', 'setup', 'fake-npm.mjs'), join(this.folder, 'bin', 'npm'));
    this.env = {
      PATH: [join(this.folder, 'bin'), dirname(process.execPath)].join(':'),
      HOME: this.folder,
      FAKE_NPM_CALLS: this.#calls,
    };
  }

  /** Starts runtime/run.mjs, under `wrapper` where there is one; `says` resolves at the first output that matches. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}, wrapper: readonly string[] = []) {
    const variables = Object.entries({ ...this.env, ...env }).map(([name, value]) => `${name}=${value}`);
    const command = [...wrapper, process.execPath, join(this.folder, 'runtime', 'run.mjs'), ...args];
    // Through `env -i`: nothing of the environment of the tests is theirs.
    const child = spawn('/usr/bin/env', ['-i', ...variables, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
    }
    const ended = new Promise<Outcome>((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal, ...output })),
    );
    const says = async (pattern: RegExp): Promise<RegExpMatchArray> => {
      for (;;) {
        const match = output.stdout.match(pattern);
        if (match) return match;
        if (child.exitCode !== null)
          throw new Error(`ended without saying ${pattern}: ${JSON.stringify(output)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    return { child, ended, says };
  }

  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
    return this.start(args, env).ended;
  }

  /** How npm was called so far: in which folder of the project, with which arguments. */
  npmCalls(): { folder: string; args: string[] }[] {
    if (!existsSync(this.#calls)) return [];
    const lines = readFileSync(this.#calls, 'utf8').trim().split('\n');
    return lines.map((line) => {
      const call = JSON.parse(line) as { folder: string; args: string[] };
      return { ...call, folder: call.folder.slice(this.folder.length + 1) };
    });
  }

  write(path: string, content: object): void {
    this.writeText(path, JSON.stringify(content));
  }

  writeText(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** A dashboard in web/, with this as its source. */
  addDashboard(source: string): void {
    const entry = { version: '8.0.0', integrity: 'sha512-vite', dev: true, files: { 'bin/vite.js': vite } };
    this.write('web/package.json', {});
    this.write('web/package-lock.json', { packages: { '': {}, 'node_modules/vite': entry } });
    this.writeText('web/public/icon.svg', '<svg/>');
    this.writeText('web/src/main.tsx', source);
  }

  /** What web/dist shows, or undefined where it is not built. */
  readDashboard(): string | undefined {
    const page = join(this.folder, 'web/dist/index.html');
    return existsSync(page) ? readFileSync(page, 'utf8') : undefined;
  }

  /** Raises a version in the lockfile, as pulling a newer commit does. */
  changeLockfile(): void {
    const alpha = { version: '1.0.1', integrity: 'sha512-alpha-1' };
    this.write('package-lock.json', { packages: { '': {}, ...packages, 'node_modules/alpha': alpha } });
  }

  /** What is in a folder, apart from the compile cache, or undefined when there is none. */
  list(path: string): string[] | undefined {
    const folder = join(this.folder, path);
    if (!existsSync(folder)) return undefined;
    return readdirSync(folder)
      .filter((name) => name !== '.cache')
      .toSorted();
  }

  /** The lock of a start that was killed while it held it. */
  leaveLock(pid: number): void {
    mkdirSync(join(this.folder, 'node_modules', '.setup-lock'), { recursive: true });
    mkdirSync(join(this.folder, 'node_modules', '.setup-staging', 'node_modules', 'half'), {
      recursive: true,
    });
    writeFileSync(join(this.folder, 'node_modules', '.setup-lock', 'pid'), String(pid));
  }
}
