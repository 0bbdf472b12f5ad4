import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readTap } from './tap-report.mjs';

/** s for one file: the longest take a minute on a quiet machine; others are slower, and busy. */
const LIMIT = 600;
/** s a file that is past the limit has to say what it waits for */
const LAST_WORDS = 30;
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The test files that those names, folders and patterns mean; of a name without a file the name itself, which fails. */
export function findFiles(root, words) {
  const found = words.flatMap((word) => {
    const isFolder = statSync(join(root, word), { throwIfNoEntry: false })?.isDirectory();
    const files = globSync(isFolder ? join(word, '**/*.test.ts') : word, { cwd: root });
    return files.length > 0 ? files.map((file) => file.replaceAll('\\', '/')).sort() : [word];
  });
  return [...new Set(found)];
}

/**
 * Runs test files, `jobs` at a time, each as a process of its own: a test is a Node program that writes TAP. It is not
 * started by tap's command, whose hooks for coverage and mocks cost each file and each program of a test half a second.
 */
export async function runFiles(root, files, { jobs, report }) {
  const waiting = [...files];
  const running = new Set();
  const stop = (signal) => {
    waiting.length = 0;
    for (const child of running) child.kill(signal);
  };
  for (const name of STOPPING) process.on(name, stop);
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      report(await runFile(root, file, running));
  };
  await Promise.all(Array.from({ length: jobs }, work));
  for (const name of STOPPING) process.off(name, stop);
}

async function runFile(root, file, running) {
  const started = performance.now();
  const child = spawn(process.execPath, [file], {
    cwd: root,
    // The child id makes it write no summary of its own; at its limit it says which handles are open.
    env: { ...process.env, TAP: '1', TAP_CHILD_ID: '1', TAP_TIMEOUT: String(LIMIT), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const limit = setTimeout(() => child.kill('SIGKILL'), (LIMIT + LAST_WORDS) * 1000);
  const [block, [exitCode, signal]] = await Promise.all([readTap(child.stdout), once(child, 'close')]);
  clearTimeout(limit);
  running.delete(child);
  const { ok, skip, errors } = block.results;
  const ended = { exitCode, signal, ...(errors.length > 0 && { errors }) };
  const time = performance.now() - started;
  return Object.assign(block, {
    point: { name: file, ok: ok && exitCode === 0, skip: exitCode === 0 && skip, time, diag: ended },
  });
}
