import t from 'tap';
import { hashPassword, isPassword, isPasswordHash } from '../../../kits/secret-kit/password-hash.ts';

t.test('a password fits its own hash only, each hash has a salt of its own, and none has a $', async (t) => {
  const [one, two] = await Promise.all([hashPassword('pässword 1'), hashPassword('pässword 1')]);
  t.not(one, two);
  t.match(one, /^scrypt:32768:8:3:[\w-]{22}:[\w-]{43}$/);
  t.ok(isPasswordHash(one));
  // The same letter, written as two characters.
  t.ok(await isPassword('pässword 1'.normalize('NFD'), one));
  t.notOk(await isPassword('pässword 2', one));
  t.notOk(await isPassword('pässword 1', 'scrypt:nonsense'));
});
