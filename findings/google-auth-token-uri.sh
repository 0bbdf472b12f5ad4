#!/usr/bin/env bash
# google-auth-library (npm) 10.9.1 on Node 20 or newer, google-auth (PyPI) 2.63.0 on Python 3.10 or newer.
#
# The key file of a Google service account names the address that gives tokens for it (`token_uri`). It is another one in
# clouds that are not Google's public one, and wherever a proxy or an emulator stands in for it. The Python library asks that
# address. The one for Node ignores it, and asks oauth2.googleapis.com whatever the file says.
#
# For programs on Node that call Vertex AI with such files: sign the assertion and ask `token_uri` themselves.
#
# Prints the address that each library asks. A proxy on loopback sees the Node library's request and refuses it, so nothing
# leaves this machine. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact google-auth-library@10.9.1
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install google-auth==2.63.0 requests==2.32.5

cat >ask.py <<'PY'
import json
from google.auth.transport.requests import Request
from google.oauth2 import service_account

info = json.load(open("account.json"))
credentials = service_account.Credentials.from_service_account_info(info, scopes=["https://www.googleapis.com/auth/cloud-platform"])
credentials.refresh(Request())
PY

cat >node.mjs <<'JS'
import { GoogleAuth } from 'google-auth-library';

const auth = new GoogleAuth({ keyFile: 'account.json', scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
await (await auth.getClient()).getAccessToken();
JS

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { promisify } from 'node:util';

const asked = [];
const server = createServer((request, response) => {
  asked.push(`the file's own address, ${request.url}`);
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"access_token":"unused","expires_in":3600,"token_type":"Bearer"}');
});
server.on('connect', (request, socket) => {
  asked.push(request.url);
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const here = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
writeFileSync('account.json', JSON.stringify({
  type: 'service_account',
  project_id: 'project',
  private_key_id: 'key',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  client_email: 'account@project.example',
  token_uri: `${here}/token`,
}));

const env = { PATH: process.env.PATH, HTTPS_PROXY: here, https_proxy: here, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
async function addresses(program, file) {
  asked.length = 0;
  await promisify(execFile)(program, [file], { env, timeout: 60_000 }).catch(() => {});
  return [...new Set(asked)].join(', ');
}
const python = await addresses('venv/bin/python', 'ask.py');
const node = await addresses(process.execPath, 'node.mjs');
server.close();
server.closeAllConnections();
console.log('Python asks:', python);
console.log('Node asks:', node);
if (python !== "the file's own address, /token" || node !== 'oauth2.googleapis.com:443') {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs
