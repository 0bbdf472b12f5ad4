// Loaded into the gateway by `--import …?port=N`: reports there how long its event loop was blocked since the last
// query.
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { LongestTurn } from './longest-turn.ts';

const delay = monitorEventLoopDelay({ resolution: 1 });
const turns = new LongestTurn();

function begin(): void {
  // Garbage must not count as memory of the next request.
  (globalThis as { gc?: () => void }).gc?.();
  delay.enable();
  setImmediate(() => {
    delay.reset();
    turns.begin();
  });
}

const server = createServer((request, response) => {
  const found = { held: delay.max / 1e6, worked: turns.end() };
  delay.disable();
  response.end(JSON.stringify(found), () => {
    if (request.url === '/begin') begin();
  });
});
const port = Number(new URL(import.meta.url).searchParams.get('port'));
// Its other threads load this, too.
if (isMainThread) server.listen(port, '127.0.0.1').unref();
