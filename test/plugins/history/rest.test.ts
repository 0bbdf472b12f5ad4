import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { folder, keeping, pages, until, upstream } from './keep.ts';

t.test('a file that nothing is written to is closed, and opened for the next request', async (t) => {
  const home = await folder(t);
  const switchyard = await keeping(t, home, { one: await upstream(t) }, { traces: { keep: 1 } });
  // SQLite removes it when a file is closed.
  const ahead = join(home, 'history.db-wal');
  for (let count = 1; count <= 2; count++) {
    await switchyard.chat();
    t.equal((await pages(switchyard)).length, count, 'what memory does not hold is on disk');
    await until(() => !existsSync(ahead), 'the file is closed');
  }
  t.equal((await pages(switchyard)).length, 2, 'a question opens it, too');
});
