import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { migrateFolder } from '../../../../plugins/supervisor/install/migrate-folder.ts';
import { testFolder } from '../../../test-folder.ts';

t.test('a checkout that cannot be moved stays whole in its place, and the reason is reported', async (t) => {
  const root = testFolder(t, { home: { it: { a: 'mine' } }, apis: 'a file in the way' });
  const [before, folder] = [join(root, 'home/it'), join(root, 'apis/it')];
  const remarks: string[] = [];
  await migrateFolder({ folder, before, remark: (line) => remarks.push(line) });
  t.ok(existsSync(join(before, 'a')));
  t.match(remarks, [/\/home\/it stays there and can be deleted: .+, so .*\/apis\/it is made again$/]);
});

t.test('a checkout in its place does not move, and replaces nothing', async (t) => {
  const root = testFolder(t, { home: { it: { a: '' } }, apis: { it: { b: '' } } });
  const remarks: string[] = [];
  const remark = (line: string) => void remarks.push(line);
  await migrateFolder({ folder: join(root, 'apis/it'), before: join(root, 'home/it'), remark });
  await migrateFolder({ folder: join(root, 'apis/other'), before: join(root, 'home/other'), remark });
  t.ok(existsSync(join(root, 'home/it/a')));
  t.ok(existsSync(join(root, 'apis/it/b')));
  t.same(remarks, []);
});
