#!/usr/bin/env bash
# ajv (npm) 8.20.0, run on Node 24.
#
# A program compiles a large JSON Schema once, when it starts. One would expect that to cost time then, and nothing
# later. But from then on every object in the process that begins as `{}` and gets its members one by one (parsed headers, for
# one) has hidden classes of its own: they are allocated in the old space, nothing but a full collection takes them away, and
# code that reads such objects never gets warm.
#
# ajv's optimizer counts how often each variable of the code that it generates is used, in objects such as
# `{}; names['data170'] = 1`. V8 shares hidden classes among the first 1,536 different first members of `{}`, and
# ajv names more variables than that. With `code: { optimize: false }` nothing of it happens. A full collection forgets the names, too,
# but a server with a roomy heap sees its first one late.
#
# Prints what 20,000 objects of five members leave in the old space, before and after the schema is compiled. Fails when
# the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact ajv@8.20.0

cat >leave.mjs <<'JS'
import { createRequire } from 'node:module';
import { getHeapSpaceStatistics } from 'node:v8';
const { Ajv } = createRequire(import.meta.url)('ajv');

const old = () =>
  getHeapSpaceStatistics()
    .filter(({ space_name }) => !space_name.startsWith('new_'))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);

let last;
function left(names) {
  const before = old();
  for (let n = 0; n < 20_000; n++) {
    const headers = {};
    for (const name of names) headers[name] = n;
    last = headers;
  }
  return Math.round((old() - before) / 20_000);
}

const kinds = { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'array', items: { type: 'string' } }] };
const schema = { type: 'object', properties: Object.fromEntries(Array.from({ length: 800 }, (_, n) => [`option${n}`, kinds])) };
const optimize = process.argv[2] === 'optimized';
const before = left(['a-one', 'a-two', 'a-three', 'a-four', 'a-five']);
new Ajv({ allErrors: true, code: { optimize } }).compile(schema);
const after = left(['b-one', 'b-two', 'b-three', 'b-four', 'b-five']);
console.log(`${process.argv[2]}: bytes an object leaves in the old space: ${before} before, ${after} after`);
// Some bytes are the code's own, compiled meanwhile.
const isAsFound = before < 50 && (optimize ? after > 300 : after < 50);
if (!isAsFound) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
JS
timeout 60 node --max-semi-space-size=32 --initial-old-space-size=512 leave.mjs optimized
timeout 60 node --max-semi-space-size=32 --initial-old-space-size=512 leave.mjs plain
echo 'As found.'
