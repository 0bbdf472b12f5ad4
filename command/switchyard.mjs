#!/usr/bin/env node
// The `switchyard` command. Plain JavaScript, because the Node that runs it may be too old for anything else: the
// launcher finds one that is new enough, and `start` is what `npm start` runs.
const [first, ...rest] = process.argv.slice(2);
process.argv.splice(2, Infinity, ...launched());
import(new URL('../runtime/run.mjs', import.meta.url).href);

function launched() {
  if (first === 'bench') return ['--dev', '--bench', 'bench/run.ts', ...rest];
  if (first === 'start' && !meansProviders(rest)) return ['--dashboard', 'main.ts', ...rest];
  return ['command/client.ts', ...process.argv.slice(2)];
}

/** `start --port 8080` starts the gateway; with names or --all it starts providers of a running one. */
function meansProviders(words) {
  const valued = ['--config', '--port', '--url', '--key'];
  const names = words.filter((word, at) => !word.startsWith('-') && !valued.includes(words[at - 1]));
  return names.length > 0 || words.includes('--all');
}
