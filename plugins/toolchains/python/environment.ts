import { minimalEnvironment } from '../../../kits/process-kit/environment.ts';

/** What an installer may know besides what any program needs: where to fetch from, through what, and whom to trust. */
const FETCHING =
  /^(PIP_\w+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|XDG_CACHE_HOME|PYENV_\w+)$/i;

const CREDENTIAL = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i;

/** The environment of an installation: no credentials, and no setting of pip's that would send the packages elsewhere. */
export function installEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const fetching = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && FETCHING.test(entry[0]) && !CREDENTIAL.test(entry[0]),
  );
  const environment: Record<string, string> = { ...minimalEnvironment(env), ...Object.fromEntries(fetching) };
  for (const name of [
    'PIP_TARGET',
    'PIP_PREFIX',
    'PIP_ROOT',
    'PIP_NO_BINARY',
    'PIP_REQUIREMENT',
    'PIP_QUIET',
  ])
    delete environment[name];
  // As variables they go before pip.conf, where people have them too.
  return {
    ...environment,
    PIP_USER: '0',
    PIP_REQUIRE_VIRTUALENV: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
}
