import { hashPassword } from '../../kits/secret-kit/password-hash.ts';
import { EXIT, Failure } from './fail.ts';
import { readSecret } from './read-secret.ts';
import { show, type Subcommand } from './subcommand.ts';

/** characters of the shortest password that is taken */
const SHORTEST = 8;

export const password: Subcommand = {
  name: 'password',
  takes: '',
  does: 'makes the hash of an admin password for signing in to the dashboard',
  about:
    'The password is asked for with hidden input, or read from a pipe. Put the hash that is printed into the config as\n' +
    'auth.signIn.password, or into SWITCHYARD_PASSWORD_HASH of the environment. Nothing is stored.\n\n' +
    '  printf %s "$PASSWORD" | switchyard password',
  words: [0, 0],
  async run(given) {
    const typed = await readSecret('the password');
    if (typed.length < SHORTEST)
      throw new Failure(`the password has fewer than ${SHORTEST} characters`, EXIT.usage);
    const hash = await hashPassword(typed);
    show(given, { hash }, () => `${hash}\n`);
  },
};
