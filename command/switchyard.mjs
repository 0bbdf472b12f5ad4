#!/usr/bin/env node
// The `switchyard` command. Plain JavaScript, for the Node it is called with may be too old for anything else: the
// launcher finds one that is new enough, and `start` is what `npm start` runs.
const [first, ...rest] = process.argv.slice(2);
process.argv.splice(
  2,
  Infinity,
  ...(first === 'start' ? ['main.ts', ...rest] : ['command/client.ts', ...process.argv.slice(2)]),
);
await import(new URL('../runtime/run.mjs', import.meta.url).href);
