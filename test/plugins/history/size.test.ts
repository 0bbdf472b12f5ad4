import t from 'tap';
import { startSwitchyard } from '../../switchyard.ts';

t.test('a size below the minimum is refused with the allowed values', async (t) => {
  await t.rejects(
    startSwitchyard(t, { history: { size: '512KiB' } }),
    /history\.size: '512KiB' is not allowed; allowed: a size of at least 1MiB such as '32MiB', or a number of bytes/,
  );
});
