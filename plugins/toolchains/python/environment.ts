import { installEnvironment } from '../../../kits/toolchain-kit/index.ts';

/** pip's and pyenv's own settings, and the certificates of Python's HTTP client. */
const VARIABLES = /^(PIP_\w+|REQUESTS_CA_BUNDLE|PYENV_\w+)$/i;

/** Settings that would send the packages elsewhere, or have others installed. */
const ELSEWHERE = new Set([
  'PIP_TARGET',
  'PIP_PREFIX',
  'PIP_ROOT',
  'PIP_NO_BINARY',
  'PIP_REQUIREMENT',
  'PIP_QUIET',
]);

/** The environment of an installation with pip. */
export function pythonEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(installEnvironment(env, VARIABLES)).filter(([name]) => !ELSEWHERE.has(name));
  return {
    ...Object.fromEntries(kept),
    // As variables these go before pip.conf, which may have them too.
    PIP_USER: '0',
    PIP_REQUIRE_VIRTUALENV: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
}
