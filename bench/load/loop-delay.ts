// Loaded into the gateway by `--import`: tells on a port of its own how long its event loop was held since it was last asked.
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const server = createServer((_request, response) => {
  response.end(JSON.stringify({ held: delay.max / 1e6 }));
  // What the answer itself took is not counted.
  setImmediate(() => delay.reset());
});
// Its other threads load this, too.
if (isMainThread) server.listen(Number(process.env['LOOP_DELAY_PORT']), '127.0.0.1').unref();
