#!/usr/bin/env node
// Stands for npm on PATH: notes how it was called in FAKE_NPM_CALLS, "installs" what the lockfile in the
// current folder lists, and goes wrong in the way that FAKE_NPM names.
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const args = process.argv.slice(2);
appendFileSync(process.env.FAKE_NPM_CALLS, `${JSON.stringify({ folder: process.cwd(), args })}\n`);

const ways = {
  'no network'() {
    mkdirSync('node_modules/half', { recursive: true });
    console.error('npm error code ENOTFOUND');
    console.error(
      'npm error network request to https://registry.example.org/alpha failed, reason: getaddrinfo ENOTFOUND',
    );
    process.exit(1);
  },
  'old npm, no network'() {
    console.error('npm ERR! code EAI_AGAIN');
    process.exit(1);
  },
  'full disk'() {
    install();
    console.error('npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write');
  },
  'not in line'() {
    console.error('npm error code EUSAGE');
    process.exit(1);
  },
  hang() {
    mkdirSync('node_modules/half', { recursive: true });
    setInterval(() => {}, 1000);
  },
  long() {
    for (const name of ['alpha', 'beta'])
      console.error(`npm http fetch GET 200 https://registry.example.org/${name}/-/${name}-1.0.0.tgz 3ms`);
    setInterval(() => existsSync(process.env.FAKE_NPM_ENOUGH) && (install(), process.exit()), 50);
  },
  slow() {
    setTimeout(install, 700);
  },
};
(ways[process.env.FAKE_NPM] ?? install)();

function install() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const omitDev = args.includes('--omit=dev');
  const chosen = Object.entries(packages).filter(
    ([path, entry]) => path && !entry.optional && !(omitDev && entry.dev),
  );
  for (const [path, entry] of chosen) {
    mkdirSync(path, { recursive: true });
    if (entry.bin) linkThisNode(join(path, entry.bin.node));
    for (const [name, content] of Object.entries(entry.files ?? {})) write(join(path, name), content);
  }
  mkdirSync('node_modules', { recursive: true });
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: Object.fromEntries(chosen) }));
}

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function linkThisNode(path) {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(process.execPath, path);
}
