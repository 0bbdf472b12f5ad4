// Loaded into the gateway by `--import …?port=N`: reports there how many bytes have survived a young-generation
// collection.
import { createServer } from 'node:http';
import { getHeapSpaceStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

const old = (): number =>
  getHeapSpaceStatistics()
    .filter(({ space_name }) => !space_name.startsWith('new_'))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);

const port = Number(new URL(import.meta.url).searchParams.get('port'));
// Its other threads load this, too.
if (isMainThread)
  createServer((_request, response) => response.end(String(old())))
    .listen(port, '127.0.0.1')
    .unref();
