import { withoutCredentials } from '../../wire/credentials.ts';
import { masker, secretsOf } from './log/mask-secrets.ts';
import type { SupervisorDeps } from './dependencies.ts';
import { fillPlaceholders } from '../../kits/process-kit/index.ts';
import type { ProgramAddress } from './run.ts';

type Own = Pick<SupervisorDeps, 'spec' | 'folder' | 'data'>;
type Values = Readonly<Record<string, string>>;

/** The values of one run's placeholders; `installed` are those that the toolchain gave. */
export function valuesOf(
  { spec, folder, data }: Own,
  installed: Values | undefined,
  place: ProgramAddress,
): Values {
  return { ...installed, folder, data, key: place.key, host: spec.host, port: String(place.port) };
}

/**
 * A program's launch, for people: unknown values, and always its key, stay placeholders.
 * @param running the port that it has; undefined: it does not run
 */
export function shownLaunch(
  { spec, folder, data }: Own,
  installed: Values | undefined,
  running: number | undefined,
): { readonly command: string[]; readonly cwd: string | null } {
  const port = running ?? (spec.port === 'free' ? '{port}' : spec.port);
  const values = { ...installed, folder, data, host: spec.host, port: String(port) };
  const hide = masker(secretsOf(spec, ''));
  const shown = (text: string): string => withoutCredentials(hide(fillPlaceholders(text, values)));
  return { command: spec.command.map(shown), cwd: spec.cwd === undefined ? null : shown(spec.cwd) };
}
