import t from 'tap';
import { isPassword } from '../../../kits/secret-kit/password-hash.ts';
import { run } from '../run.ts';

t.test('password prints the hash of what is piped in, and takes no short one', async (t) => {
  const { code, stdout } = await run(['password'], { input: 'correct horse\n' });
  t.equal(code, 0);
  t.ok(await isPassword('correct horse', stdout.trim()));
  t.match(await run(['password'], { input: 'short\n' }), { code: 2, stderr: /fewer than 8 characters/ });
});
