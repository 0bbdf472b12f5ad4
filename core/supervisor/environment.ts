const NEEDED = new Set(['PATH', 'HOME', 'LANG', 'TMPDIR']);

/** Without these, Windows programs do not even start. */
const NEEDED_ON_WINDOWS = new Set(
  'PATH SYSTEMROOT WINDIR SYSTEMDRIVE COMSPEC PATHEXT TEMP TMP USERPROFILE APPDATA LOCALAPPDATA'.split(' '),
);

/** What any program needs of the gateway's environment: never the gateway's secrets, which a program could send anywhere. */
export function minimalEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const minimal: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const needed = platform === 'win32' ? NEEDED_ON_WINDOWS.has(name.toUpperCase()) : NEEDED.has(name);
    if (needed && value !== undefined) minimal[name] = value;
  }
  return minimal;
}
