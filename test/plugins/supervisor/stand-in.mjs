// Stands in for a provider's program. Argv: what it does, one word each.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';

const does = new Set(process.argv.slice(2));
const say = (line) => process.stdout.write(`${line}\n`);

const behaviours = {
  deaf: () => process.on('SIGTERM', () => say('not now')),
  parent: () => say(`child ${spawn('sleep', ['1000'], { stdio: 'inherit' }).pid}`),
  // In a group of its own, where no signal to the program's group reaches it.
  stray: () => say(`stray ${spawn('sleep', ['1000'], { stdio: 'ignore', detached: true }).pid}`),
  // Twice forked and in a session of its own: nothing but its environment tells whose it is.
  daemon: () => daemonise('sleep 1000'),
  // Nor does that.
  bare: () => daemonise('env -i sleep 1000'),
  // When it is asked to end, it starts one more.
  respawn: () => process.on('SIGTERM', () => (daemonise('sleep 1000'), process.exit())),
  // A line that is too long is cut, and PATH may be.
  // Without what the test runner puts into every process, which is more than one line may hold.
  env: () => say(`env ${JSON.stringify(environment())}`),
  crash: () => {
    process.stderr.write('no room for\nthe model');
    process.exitCode = 3;
  },
  serve: () => serve(),
  // Its probe is answered for all that.
  // About a third of a core: the other tests need it, too.
  spin: () =>
    setInterval(() => {
      for (const end = performance.now() + 25; performance.now() < end;);
    }, 75),
  silent: () => setInterval(() => {}, 1000),
};

for (const word of does) behaviours[word]();

function daemonise(command) {
  const script = `${command} & echo daemon $!`;
  spawnSync('setsid', ['sh', '-c', script], { stdio: ['ignore', 'inherit', 'ignore'] });
}

function serve() {
  let sick = false;
  createServer((request, response) => {
    if (request.url === '/crash') process.exit(3);
    if (request.url === '/sick') sick = true;
    if (request.url === '/well') sick = false;
    if (request.url === '/pid') return response.end(String(process.pid));
    if (request.url === '/env') return response.end(JSON.stringify(environment()));
    response.writeHead(sick && request.url === '/health' ? 500 : 200).end();
  }).listen(Number(process.env.PORT), '127.0.0.1');
}

function environment() {
  const own = Object.entries(process.env).filter(([name]) => !/^_TAPJS_|^NODE_OPTIONS$/.test(name));
  return { ...Object.fromEntries(own), PATH: process.env.PATH && 'set' };
}
