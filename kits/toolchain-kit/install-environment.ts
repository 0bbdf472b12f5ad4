import { minimalEnvironment } from '../process-kit/environment.ts';

/** What any installer may have besides what any program needs: proxies, certificates, a cache. */
const FETCHING =
  /^((HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|XDG_CACHE_HOME)$/i;

const CREDENTIAL = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL|_AUTH/i;

/**
 * The environment of an installation: no credentials.
 * @param own what else its tool may have, such as where its registry is
 */
export function installEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  ...own: readonly RegExp[]
): Record<string, string> {
  const fetching = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      [FETCHING, ...own].some((names) => names.test(entry[0])) &&
      !CREDENTIAL.test(entry[0]),
  );
  return { ...minimalEnvironment(env), ...Object.fromEntries(fetching) };
}
