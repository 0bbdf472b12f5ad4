const NEEDED = new Set(['PATH', 'HOME', 'LANG', 'TMPDIR']);

/** Without these, Windows programs do not even start. */
const NEEDED_ON_WINDOWS = new Set(
  'PATH SYSTEMROOT WINDIR SYSTEMDRIVE COMSPEC PATHEXT TEMP TMP USERPROFILE APPDATA LOCALAPPDATA'.split(' '),
);

/** Proxies: a company's network may have no other way out. */
const PROXY = /^(HTTPS?|ALL|NO)_PROXY$/i;

/** Certificates to trust. */
const TRUST =
  /^(SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|DENO_(CERT|TLS_CA_STORE))$/i;

/** What any program needs of the gateway's environment: never the gateway's secrets, which a program could send anywhere. */
export function minimalEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const minimal: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const needed = platform === 'win32' ? NEEDED_ON_WINDOWS.has(name.toUpperCase()) : NEEDED.has(name);
    if (value === undefined) continue;
    if (needed || TRUST.test(name)) minimal[name] = value;
    else if (PROXY.test(name)) minimal[name] = withoutUser(value);
  }
  return minimal;
}

/** 'http://me:secret@proxy:3128' is 'http://proxy:3128', which answers that it needs credentials. */
const withoutUser = (proxy: string): string => proxy.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1');
