// Loaded into the gateway by `--import …?port=N`: reports there how long its event loop was blocked since the last
// query.
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const delay = monitorEventLoopDelay({ resolution: 1 });
/** ms of processor time that the longest turn took */
let longest = 0;
let spent = 0;
let counting: NodeJS.Immediate | undefined;

/** On a busy machine a turn takes longer than it works: processor time is its own. */
function turn(): void {
  const { user, system } = process.threadCpuUsage();
  const now = (user + system) / 1e3;
  longest = Math.max(longest, now - spent);
  spent = now;
  counting = setImmediate(turn);
}

function begin(): void {
  // Garbage must not count as memory of the next request.
  (globalThis as { gc?: () => void }).gc?.();
  delay.enable();
  setImmediate(() => {
    delay.reset();
    const { user, system } = process.threadCpuUsage();
    spent = (user + system) / 1e3;
    longest = 0;
    turn();
  });
}

const server = createServer((request, response) => {
  const found = { held: delay.max / 1e6, worked: longest };
  clearImmediate(counting);
  delay.disable();
  response.end(JSON.stringify(found), () => {
    if (request.url === '/begin') begin();
  });
});
const port = Number(new URL(import.meta.url).searchParams.get('port'));
// Its other threads load this, too.
if (isMainThread) server.listen(port, '127.0.0.1').unref();
