// What `npm test` runs: types, lint, format and layout, then the tests.
//
//   node runtime/run.mjs --dev test/run.mjs            everything
//   node runtime/run.mjs --dev test/run.mjs --checks   only types, lint, format and layout
//   npm test -- FILES…                                 only these test files
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findFiles, runFiles } from './run-files.mjs';
import { reportFile } from './tap-report.mjs';

/** How many files may have failed by chance, on a machine that was busy with the others. */
const BY_CHANCE = 3;
/** Test files at a time: each waits for half of its time, for processes, timers and the other side. */
const JOBS = Math.min(availableParallelism(), 3) + 1;
/** Five minutes of soak beside the tests: few clients, and only what the tests leave of the processor. */
const SOAK = ['bench/soak.ts', '--minutes=5', '--clients=4', '--pause=400', '--unrecorded'];

const root = fileURLToPath(new URL('..', import.meta.url));
const files = process.argv.slice(2).filter((argument) => argument !== '--checks');
const onlyChecks = process.argv.includes('--checks');
const total = { passed: 0, failed: 0, skipped: 0 };

if (files.length === 0) {
  check('types', ['node_modules/typescript/bin/tsc', '--project', '.']);
  // Exported types are written out for the package: each must have a name there.
  check('types of the package', ['node_modules/typescript/bin/tsc', '--project', 'package', '--noEmit']);
  check('types of web/', ['node_modules/typescript/bin/tsc', '--project', 'web']);
  check('lint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings']);
  check('format', ['node_modules/oxfmt/bin/oxfmt', '--check']);
  check('layout', ['test/layout.ts']);
}
// It counts processes by /proc.
const soak = files.length > 0 || onlyChecks || process.platform !== 'linux' ? undefined : startSoak();
if (!onlyChecks) await runTests();
if (soak) await endSoak(soak);

const { passed, failed, skipped } = total;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** A check counts as one test; its own output says what is wrong. */
function check(name, command) {
  heading(name);
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  add(status === 0 ? { passed: 1 } : { failed: 1 });
  console.log(status === 0 ? 'fine' : `${name}: failed`);
}

async function runTests() {
  heading('tests');
  const again = await run(findFiles(root, files.length > 0 ? files : ['test']), JOBS);
  if (files.length > 0 || again.size === 0 || again.size > BY_CHANCE) return;
  heading('what failed, again and alone: this counts');
  for (const each of again.values()) add(each, -1);
  await run([...again.keys()], 1);
}

/** The counts of each file that failed, by its name. */
async function run(names, jobs) {
  const again = new Map();
  const report = (file) => {
    const counts = reportFile(file);
    add(counts);
    if (counts.failed > 0) again.set(file.point.name, counts);
  };
  await runFiles(root, names, { jobs, report });
  return again;
}

function startSoak() {
  const child = spawn(process.execPath, SOAK, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  setPriority(child.pid, 19);
  const running = { output: '', ended: once(child, 'close') };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (running.output += text));
  process.once('exit', () => child.kill());
  return running;
}

/** It counts as one test. */
async function endSoak(running) {
  heading('soak');
  const [code] = await running.ended;
  add(code === 0 ? { passed: 1 } : { failed: 1 });
  console.log(code === 0 ? 'fine' : `${running.output}\nsoak: failed`);
}

function heading(name) {
  console.log(`\n# ${name}`);
}

function add(counts, times = 1) {
  for (const key of Object.keys(counts)) total[key] += times * counts[key];
}
