import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Host } from '../../../kits/provider-kit/index.ts';
import { readWritten, type Credentials, type Place, type Written } from './credentials.ts';

type Env = Host['env'];
type Section = Readonly<Record<string, string>>;

/** What a profile may have that only AWS's own tools turn into credentials. */
const NEEDS_TOOLS = ['sso_session', 'sso_start_url', 'role_arn', 'login_session'];

/** A profile of `~/.aws/credentials` and `~/.aws/config`. */
export const profilePlace =
  (env: Env, named: string | undefined): Place =>
  async () => {
    const name = named || env.AWS_PROFILE || 'default';
    const profile = profileOf(env, name);
    if (!profile) {
      if (!named && !env.AWS_PROFILE) return undefined;
      throw new Error(`there is no AWS profile '${name}' in ~/.aws/credentials or ~/.aws/config`);
    }
    return (await credentialsIn(profile)) ?? without(profile, name);
  };

export function regionOf(env: Env, named: string | undefined): string | undefined {
  return profileOf(env, named || env.AWS_PROFILE || 'default')?.region;
}

async function credentialsIn(profile: Section): Promise<Credentials | undefined> {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile;
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret, sessionToken: token };
  return profile.credential_process === undefined ? undefined : byProgram(profile.credential_process);
}

/** The program is named in the operator's own file, with its arguments as for a shell. */
async function byProgram(command: string): Promise<Credentials> {
  const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c'];
  const { stdout } = await promisify(execFile)(shell, [flag, command], { timeout: 60_000 });
  return readWritten(JSON.parse(stdout) as Written, 'the credential_process of the AWS profile');
}

function without(profile: Section, name: string): undefined {
  const needs = NEEDS_TOOLS.find((word) => word in profile);
  if (needs === undefined) return undefined;
  throw new Error(
    `the AWS profile '${name}' has ${needs}, which is not read here: give it \`credential_process = aws configure export-credentials --profile ${name}\` under another name`,
  );
}

/** Both files together; what stands in the credentials file counts. */
function profileOf(env: Env, name: string): Section | undefined {
  const home = env.HOME ?? homedir();
  const config = sections(env.AWS_CONFIG_FILE ?? join(home, '.aws', 'config'));
  const credentials = sections(env.AWS_SHARED_CREDENTIALS_FILE ?? join(home, '.aws', 'credentials'));
  const parts = [config.get(name === 'default' ? name : `profile ${name}`), credentials.get(name)];
  return parts.some(Boolean) ? Object.assign({}, ...parts) : undefined;
}

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
