import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../../kits/provider-kit/index.ts';

type Env = Host['env'];
export type Section = Readonly<Record<string, string>>;

/** AWS's own folder of the user. */
export const awsFolder = (env: Env): string => join(env.HOME ?? homedir(), '.aws');

/** Both files together; what stands in the credentials file counts. */
export function profileOf(env: Env, name: string): Section | undefined {
  const credentials = sections(env.AWS_SHARED_CREDENTIALS_FILE ?? join(awsFolder(env), 'credentials'));
  const parts = [configFile(env).get(name === 'default' ? name : `profile ${name}`), credentials.get(name)];
  return parts.some(Boolean) ? Object.assign({}, ...parts) : undefined;
}

/** What several profiles of single sign-on have in common. */
export const ssoSession = (env: Env, name: string): Section | undefined =>
  configFile(env).get(`sso-session ${name}`);

const configFile = (env: Env): Map<string, Section> =>
  sections(env.AWS_CONFIG_FILE ?? join(awsFolder(env), 'config'));

/** Of an INI file, by name. Settings inside settings, which are indented, are not needed. */
function sections(file: string): Map<string, Section> {
  const found = new Map<string, Record<string, string>>();
  let section: Record<string, string> | undefined;
  for (const line of textOf(file).split(/\r?\n/)) {
    const [, name] = /^\[\s*([^\]]+?)\s*\]/.exec(line) ?? [];
    const [, key, value] = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) found.set(name, (section = found.get(name) ?? {}));
    else if (key !== undefined && value !== undefined && section) section[key] = value;
  }
  return found;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
