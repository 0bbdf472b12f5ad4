import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { KeyFile } from '../../../../plugins/auth/keys/key-file.ts';
import { testFolder } from '../../../test-folder.ts';

const limit = (id: string) => ({ id, name: id, from: 'api', requests: { day: 1 } }) as const;

t.test(
  'after a moment in which another process had the file, what is saved is on the disk at once',
  async (t) => {
    const file = join(testFolder(t), 'keys.db');
    const store = new KeyFile(file);
    t.teardown(() => store.close());
    await store.add('limits', limit('first'));
    const other = new DatabaseSync(file);
    t.teardown(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    t.throws(() => store.saveActivities(new Map([['a-key', 1]])), /locked/);
    other.exec('ROLLBACK');
    await store.add('limits', limit('second'));
    t.equal(other.prepare('SELECT count(*) AS count FROM limits').get()?.['count'], 2);
  },
);
