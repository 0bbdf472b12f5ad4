import { execFileSync } from 'node:child_process';
import t from 'tap';
import { fromColumns } from '../../../kits/process-kit/process-table.ts';

const MEBI = 2 ** 20;

t.test('where there is no /proc the same is read from ps', (t) => {
  const table = fromColumns(
    '    1     0     1  1024 Ss   1-02:03:04\n  20     1    20   512 Z   00:00\n   21 20 20 8 R+ 3:04.50\n',
  );
  t.strictSame([...table.keys()], [1, 21]);
  t.match(table.get(1), { parent: 0, group: 1, memory: MEBI, cpu: 93_784 });
  t.equal(table.get(21)!.cpu, 184.5);
  const own = fromColumns(
    execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,rss=,stat=,time='], { encoding: 'utf8' }),
  );
  t.ok(own.get(process.pid)!.memory > MEBI);
  t.end();
});
