import { mkdtemp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A home for Gemini CLI in which its settings choose the key. It takes the way to authenticate from its settings only,
 * and by the environment alone it refuses an address of one's own ("Invalid auth method selected").
 */
export async function geminiHome(): Promise<string> {
  const theirs = join(process.env.GEMINI_CLI_HOME ?? homedir(), '.gemini');
  const home = await mkdtemp(join(tmpdir(), 'switchyard-gemini-'));
  const ours = join(home, '.gemini');
  await mkdir(ours);
  for (const name of await readdir(theirs).catch(() => [])) {
    if (name !== 'settings.json') await symlink(join(theirs, name), join(ours, name));
  }
  const settings = await settingsIn(join(theirs, 'settings.json'));
  const { security } = settings as { security?: { auth?: object } };
  const auth = { ...security?.auth, selectedType: 'gemini-api-key' };
  await writeFile(
    join(ours, 'settings.json'),
    JSON.stringify({ ...settings, security: { ...security, auth } }),
  );
  return home;
}

/** The user's settings without comments; `{}` where there are none. */
async function settingsIn(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as object;
  } catch {
    return {};
  }
}
