import t from 'tap';
import { describeExit } from '../../../kits/process-kit/exit-meaning.ts';

t.test('an exit is described in words', (t) => {
  t.equal(describeExit({ code: 1, signal: null }, []), 'exited with code 1; it wrote nothing');
  t.match(
    describeExit({ code: null, signal: 'SIGILL' }, ['a', 'b']),
    /^ended by SIGILL \(the processor .*\); last lines: a \| b$/,
  );
  t.end();
});
