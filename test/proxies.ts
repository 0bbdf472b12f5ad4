import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Agent } from 'undici';
import { root } from '../gateway.ts';
import { freePort } from './command.ts';
import { testFolder } from './test-folder.ts';
import { testCertificate } from './upstream/tls.ts';

/** A program that stands in front of the gateway, and what it needs to be told beside an example. */
export interface Proxy {
  /** as docs/behind-a-proxy.md has it in its headings */
  readonly name: string;
  readonly program: string;
  /** of Debian */
  readonly packages: string;
  /** it gives up an answer that is silent, unless it is told otherwise */
  readonly isImpatient: boolean;
  /** a caller that leaves is told to the gateway while no answer comes, too */
  readonly tellsInSilence: boolean;
  /** Short times, which the example has to overrule, and that nothing is left on this machine. */
  around(example: string, port: number): string;
  args(folder: string): string[];
}

/** The name that the examples have. */
export const SITE = 'ai.example.com';
const CONFIG = 'proxy.conf';
/** Modules that Debian loads, and those that the page names. */
const APACHE = ['mpm_event', 'authz_core', 'alias', 'ssl', 'proxy', 'proxy_http'];
const loaded = (module: string): string =>
  `LoadModule ${module}_module /usr/lib/apache2/modules/mod_${module}.so`;

export const PROXIES: readonly Proxy[] = [
  {
    name: 'nginx',
    program: '/usr/sbin/nginx',
    packages: 'nginx-light',
    isImpatient: true,
    tellsInSilence: true,
    around: (example) => `daemon off; master_process off; pid nginx.pid; error_log stderr notice; events {}
http { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
uwsgi_temp_path uwsgi; scgi_temp_path scgi; proxy_read_timeout 1s; proxy_send_timeout 1s;
${example}
}`,
    args: (folder) => ['-p', folder, '-c', join(folder, CONFIG), '-e', 'stderr'],
  },
  {
    name: 'Caddy',
    program: '/usr/bin/caddy',
    packages: 'caddy',
    isImpatient: false,
    tellsInSilence: true,
    // By itself it would ask for a certificate of the name.
    around: (example, port) => `{
  admin off
  auto_https off
  storage file_system data
}
${example.replace(`${SITE} {`, `https://${SITE}:${port} {\n  bind 127.0.0.1\n  tls cert.pem key.pem`)}`,
    args: (folder) => ['run', '--adapter', 'caddyfile', '--config', join(folder, CONFIG)],
  },
  {
    name: 'HAProxy',
    program: '/usr/sbin/haproxy',
    packages: 'haproxy',
    isImpatient: true,
    tellsInSilence: true,
    around: (example) => `defaults
  mode http
  timeout connect 5s
  timeout client 1s
  timeout server 1s
${example}`,
    args: (folder) => ['-f', join(folder, CONFIG)],
  },
  {
    name: 'Apache',
    program: '/usr/sbin/apache2',
    packages: 'apache2-bin',
    isImpatient: true,
    tellsInSilence: false,
    around: (example, port) => `${APACHE.map(loaded).join('\n')}
ServerName localhost
PidFile apache.pid
DefaultRuntimeDir .
ErrorLog error.log
User www-data
Group www-data
Timeout 1
Listen 127.0.0.1:${port}
${example}`,
    args: (folder) => ['-D', 'FOREGROUND', '-d', folder, '-f', join(folder, CONFIG)],
  },
];

/** Why it cannot be run here, or false. */
export const isMissing = ({ program, packages }: Proxy): string | false =>
  spawnSync(program, ['-v']).error === undefined ? false : `it is not installed: apt-get install ${packages}`;

interface Setup {
  /** of the example in docs/behind-a-proxy.md */
  readonly heading: string;
  /** without what the example says about times */
  readonly isImpatient?: boolean;
  readonly gateway: string;
}

/** What the page prints below a heading, with this machine's ports and files. */
async function printed({ heading, isImpatient = false, gateway }: Setup, port: number): Promise<string> {
  const page = await readFile(join(root, 'docs/behind-a-proxy.md'), 'utf8');
  const section = page.split(/^##+ /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  const [, text] = /```\w*\n([^]*?)```/.exec(section) ?? [];
  if (text === undefined) throw new Error(`docs/behind-a-proxy.md has no example below ${heading}`);
  return (isImpatient ? text.replaceAll(/^.*timeout.*\n/gim, '') : text)
    .replaceAll(/\S+\.key\b/g, 'key.pem')
    .replaceAll(/\/etc\S+\.pem\b/g, 'cert.pem')
    .replaceAll('listen 443', `listen 127.0.0.1:${port}`)
    .replaceAll('bind :443', `bind 127.0.0.1:${port}`)
    .replaceAll('*:443', `127.0.0.1:${port}`)
    .replaceAll('127.0.0.1:7999', new URL(gateway).host);
}

export interface Running {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** speaks to it as to the site of the examples */
  readonly agent: Agent;
}

/** Starts it in a folder of its own, ended with the test. */
export async function startProxy(t: Test, proxy: Proxy, setup: Setup): Promise<Running> {
  const port = await freePort();
  const { cert, key } = testCertificate();
  const folder = testFolder(t, {
    'cert.pem': cert + key,
    'key.pem': key,
    'cert.pem.key': key,
  });
  writeFileSync(join(folder, CONFIG), proxy.around(await printed(setup, port), port));
  const child = spawn(proxy.program, proxy.args(folder), {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit');
  t.teardown(() => (child.kill('SIGTERM'), gone));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(said);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const agent = new Agent({
    connect: { ca: cert, servername: SITE, checkServerIdentity: () => undefined },
    headersTimeout: 30_000,
  });
  t.teardown(() => agent.destroy());
  return { url: `https://127.0.0.1:${port}`, agent };
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve((socket.destroy(), true)));
    socket.on('error', () => resolve(false));
  });
