import { inspect, styleText } from 'node:util';
// Comes with tap.
import { Parser } from 'tap-parser';

/** The tree of a file's TAP, with `results` of the whole. */
export function readTap(stream) {
  const parser = new Parser();
  const block = readBlock(parser);
  stream.pipe(parser);
  return new Promise((resolve) => {
    parser.on('complete', ({ ok, bailout, plan, failures }) => {
      // For example a plan that was not kept, which is no assertion's failure.
      const errors = failures.flatMap(({ tapError }) => tapError ?? []);
      if (bailout) errors.push(`Bail out! ${bailout}`);
      const skip = plan.skipReason || false;
      resolve(Object.assign(block, { results: { ok: ok && !bailout, skip, errors } }));
    });
  });
}

/** Prints a line for a file and all that is known about each of its failures; its counts `{ passed, failed, skipped }`. */
export function reportFile(file) {
  const { counts, failures } = judge(file, []);
  printFile(file, counts);
  failures.forEach(printFailure);
  return counts;
}

/** The tree of a TAP stream: blocks (subtests) with their closing point, and bare assertions. */
function readBlock(parser) {
  const block = { blocks: [], assertions: [] };
  let open;
  parser.on('child', (child) => {
    open = readBlock(child);
  });
  parser.on('assert', (point) => {
    if (open) block.blocks.push(Object.assign(open, { point }));
    else block.assertions.push(point);
    open = undefined;
  });
  return block;
}

/**
 * A test is an innermost block, a sentence with any number of assertions. A skipped one has no block of
 * its own. A block around tests counts only when it fails by itself: an assertion of its own, a crash, a timeout.
 */
function judge(block, names) {
  const path = [...names, block.point.name];
  const below = block.blocks.map((inner) => judge(inner, path));
  const skipped = block.assertions.filter(isLeftOut).length;
  const failing = block.assertions.filter((point) => !point.ok && !isLeftOut(point));
  const failures = below.flatMap((each) => each.failures);

  const isTest = block.blocks.length === 0;
  const isSkipped = isLeftOut(block.point);
  const isEmpty = block.assertions.length === skipped && skipped > 0;
  const fails = !block.point.ok && !isSkipped && (isTest || failing.length > 0 || failures.length === 0);
  if (fails) failures.push({ path, points: failing.length > 0 ? failing : [block.point] });
  return {
    failures,
    counts: {
      passed: sum(below, 'passed') + (isTest && block.point.ok && !isSkipped && !isEmpty ? 1 : 0),
      failed: sum(below, 'failed') + (fails ? 1 : 0),
      skipped: sum(below, 'skipped') + skipped + (isTest && isSkipped ? 1 : 0),
    },
  };
}

const isLeftOut = ({ skip, todo }) => Boolean(skip || todo);

const sum = (judged, key) => judged.reduce((total, { counts }) => total + counts[key], 0);

function printFile({ point }, { passed, failed, skipped }) {
  const mark =
    failed > 0 ? styleText('red', '✖') : skipped > 0 && passed === 0 ? '-' : styleText('green', '✔');
  const numbers = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const time = (point.time / 1000).toFixed(1);
  console.log(`${mark} ${point.name}  ${numbers.filter(Boolean).join(', ')}, ${time} s`);
}

function printFailure({ path, points }) {
  console.log(`\n  ${styleText('red', path.join(' › '))}`);
  for (const { name, diag } of points) {
    const { at, diff, stack, ...rest } = diag ?? {};
    for (const key of familiar) delete rest[key];
    console.log(`    ${name}${at?.fileName ? ` (${at.fileName}:${at.lineNumber}:${at.columnNumber})` : ''}`);
    for (const text of [diff, stack]) if (text) console.log(indent(text.trimEnd()));
    if (Object.keys(rest).length > 0) console.log(indent(inspect(rest, { depth: 6 })));
  }
  console.log();
}

// An assertion's line, which `at` has named.
const familiar = ['source'];

const indent = (text) => text.replace(/^/gm, '      ');
