#!/usr/bin/env bash
# openai (npm) 7.57.0, run on Node 20 or newer.
#
# A server that refuses with 429 and `Retry-After: 90` says: not before 90 seconds. One would expect the SDK to wait that
# long, or to give up and hand the error on. It does neither: from a minute on the header is not obeyed, and the SDK asks
# again after its own pause of about half a second, and once more after about a second. With `Retry-After: 2` the same
# client waits the two seconds it was told.
#
# For whoever answers such clients: a long Retry-After alone brings more requests, not fewer.
# `x-should-retry: false` beside it stops them, and `max_retries: 0` in the client does.
#
# Prints the gaps between the requests that the server saw. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.57.0

cat >ask.mjs <<'JS'
import { createServer } from 'node:http';
import OpenAI from 'openai';

async function gaps(headers) {
  const seen = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      seen.push(performance.now());
      response.writeHead(429, { 'content-type': 'application/json', ...headers });
      response.end('{"error":{"message":"slow down","type":"rate_limit_error","param":null,"code":null}}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new OpenAI({ apiKey: 'unused', baseURL: `http://127.0.0.1:${server.address().port}/v1` });
  const outcome = await client.chat.completions
    .create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] })
    .then(() => 'answered', (error) => `${error.constructor.name} ${error.status}`);
  server.close();
  server.closeAllConnections();
  const apart = seen.slice(1).map((at, index) => (at - seen[index]) / 1000);
  console.log(JSON.stringify(headers), `${seen.length} requests, ${outcome}, seconds apart:`, apart.map((one) => one.toFixed(1)).join(' '));
  return apart;
}

const short = await gaps({ 'retry-after': '2' });
const long = await gaps({ 'retry-after': '90' });
const told = await gaps({ 'retry-after': '90', 'x-should-retry': 'false' });

const isAsFound =
  short.length === 2 && short.every((gap) => gap >= 1.9) &&
  long.length === 2 && long.every((gap) => gap < 60) &&
  told.length === 0;
if (!isAsFound) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs
