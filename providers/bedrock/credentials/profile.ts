import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Host } from '../../../kits/provider-kit/index.ts';
import { containerPlace } from './container.ts';
import { readWritten, type Credentials, type Place, type Written } from './credentials.ts';
import { environmentPlace } from './environment.ts';
import { profileOf, type Section } from './files.ts';
import { instancePlace } from './instance.ts';
import { roleOf, roleOfWebIdentity } from './role.ts';
import { singleSignOn } from './single-sign-on.ts';

type Env = Host['env'];

/** What a profile may have that only AWS's own tools turn into credentials, as a person must be asked: what that person does. */
const ASKS: Readonly<Record<string, (profile: string) => string>> = {
  mfa_serial: (profile) =>
    `asks a person for a code: \`aws sts get-caller-identity --profile ${profile}\` in a terminal asks for it, and its session is then used until it ends`,
  login_session: (profile) =>
    `asks a person to sign in: \`aws login --profile ${profile}\` does, and is then renewed by AWS's command`,
};

/** Where the credentials come from that take a role (`credential_source`). */
const SOURCES: Readonly<Record<string, (env: Env) => Place>> = {
  Environment: environmentPlace,
  EcsContainer: containerPlace,
  Ec2InstanceMetadata: instancePlace,
};

/** A profile of `~/.aws/credentials` and `~/.aws/config`. */
export const profilePlace =
  (env: Env, named: string | undefined, region: string | undefined, date: () => number): Place =>
  async () => {
    const name = named || env.AWS_PROFILE || 'default';
    if (!profileOf(env, name) && !named && !env.AWS_PROFILE) return undefined;
    return new Profiles(env, region, date).credentialsOf(name);
  };

export function regionOf(env: Env, named: string | undefined): string | undefined {
  return profileOf(env, named || env.AWS_PROFILE || 'default')?.region;
}

/** Profiles that refer to each other. */
class Profiles {
  readonly #env: Env;
  readonly #region: string | undefined;
  readonly #date: () => number;
  /** those that are being read: each takes its role with the credentials of the next */
  readonly #chain: string[] = [];

  constructor(env: Env, region: string | undefined, date: () => number) {
    this.#env = env;
    this.#region = region;
    this.#date = date;
  }

  async credentialsOf(name: string): Promise<Credentials | undefined> {
    const profile = profileOf(this.#env, name);
    if (!profile) throw new Error(`there is no AWS profile '${name}' in ~/.aws/credentials or ~/.aws/config`);
    const asks = Object.keys(ASKS).find((word) => word in profile);
    if (asks !== undefined)
      throw new Error(
        `the AWS profile '${name}' has ${asks}, which ${ASKS[asks]?.(name)}. Name a profile here that has \`credential_process = aws configure export-credentials --profile ${name}\``,
      );
    // Of one that another takes its role with, keys count before a role of its own.
    const isSource = this.#chain.push(name) > 1;
    if (profile.role_arn === undefined || (isSource && profile.aws_access_key_id))
      return this.#plain(profile, name);
    return this.#role(profile, name, profile.region ?? this.#region);
  }

  async #plain(profile: Section, name: string): Promise<Credentials | undefined> {
    const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile;
    if (id && secret) return { accessKeyId: id, secretAccessKey: secret, sessionToken: token };
    if (profile.sso_account_id !== undefined || profile.sso_session !== undefined)
      return singleSignOn(this.#env, profile, name, this.#date);
    return profile.credential_process === undefined ? undefined : byProgram(profile.credential_process);
  }

  async #role(profile: Section, name: string, region: string | undefined): Promise<Credentials> {
    const { web_identity_token_file: file, source_profile: source, credential_source: place } = profile;
    const wish = { role: profile.role_arn ?? '', session: profile.role_session_name, region };
    if (file !== undefined) return roleOfWebIdentity(this.#env, { ...wish, file });
    const by =
      source === undefined ? await this.#source(place, name) : await this.#other(source, profile, name);
    const { external_id: externalId, duration_seconds: seconds } = profile;
    return roleOf(this.#env, { ...wish, externalId, seconds, by });
  }

  async #other(source: string, profile: Section, name: string): Promise<Credentials> {
    const isCircle = this.#chain.includes(source) && source !== name;
    if (isCircle) throw new Error(`the AWS profiles ${this.#chain.join(', ')} take their roles in a circle`);
    const found = await (source === name ? this.#plain(profile, name) : this.credentialsOf(source));
    if (!found) throw new Error(`the AWS profile '${source}', the source of '${name}', has no credentials`);
    return found;
  }

  async #source(place: string | undefined, name: string): Promise<Credentials> {
    const open = place !== undefined && Object.hasOwn(SOURCES, place) ? SOURCES[place] : undefined;
    if (!open)
      throw new Error(
        `the AWS profile '${name}' has role_arn, and no source_profile and no credential_source that is one of ${Object.keys(SOURCES).join(', ')}`,
      );
    const found = await open(this.#env)();
    if (!found)
      throw new Error(`the credential_source '${place}' of the AWS profile '${name}' has no credentials`);
    return found;
  }
}

/** The program is named in the operator's own file, with its arguments as for a shell. */
async function byProgram(command: string): Promise<Credentials> {
  const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c'];
  const { stdout } = await promisify(execFile)(shell, [flag, command], { timeout: 60_000 });
  return readWritten(JSON.parse(stdout) as Written, 'the credential_process of the AWS profile');
}
