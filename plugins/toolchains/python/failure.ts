import { describeExit, GatewayError, type Exit } from '../../../kits/toolchain-kit/index.ts';
import { versionOf } from './interpreter.ts';
import type { Interpreter } from './interpreter.ts';

interface Failed {
  readonly provider: string;
  readonly folder: string;
  readonly python: Interpreter;
  readonly exit: Exit;
  /** pip's output */
  readonly lines: readonly string[];
}

interface Explanation {
  readonly sign: RegExp;
  readonly what: (failed: Failed) => string;
}

/** In this order: without a network pip also says that there is no such package. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    sign: /No space left on device|Errno 28|WinError 112|Disk quota exceeded/,
    what: ({ folder }) => `the disk that holds ${folder} is full; make room there`,
  },
  {
    sign: /DO NOT MATCH THE HASHES/,
    what: () =>
      'the package index served other files than the pinned ones; they were not installed; look at PIP_INDEX_URL and pip.conf, or whether a proxy changes downloads',
  },
  {
    sign: /NewConnectionError|NameResolutionError|Name or service not known|name resolution|Connection (?:refused|reset)|ConnectTimeout|ReadTimeout|Read timed out|Network is unreachable|SSLError|CERTIFICATE_VERIFY_FAILED|ProxyError|Max retries exceeded/i,
    what: () =>
      'the package index cannot be reached; look at the network, or name a mirror (PIP_INDEX_URL), a proxy (HTTPS_PROXY) or a certificate (PIP_CERT)',
  },
  {
    sign: /No matching distribution found/,
    what: ({ python }) =>
      `the package index has none that fits this machine (${python.host}, Python ${versionOf(python)}); there may be no build for it, or the index is not complete`,
  },
  {
    sign: /Permission denied|Errno 13/,
    what: ({ folder }) => `${folder} must not be written to; change its owner, or name another folder`,
  },
];

/** Why pip failed, and the remedy. */
export function explainInstall(failed: Failed): GatewayError {
  const { provider, exit, lines } = failed;
  const written = lines.join('\n');
  const known = EXPLANATIONS.find(({ sign }) => sign.test(written));
  const errors = lines.filter((line) => /^(?:ERROR|error)/.test(line));
  const how = describeExit(exit, errors.length > 0 ? errors : lines);
  return new GatewayError(
    'install_failed',
    `${provider} could not be installed: ${known ? `${known.what(failed)}; ` : ''}pip ${how}`,
  );
}

/** It was installed and does not work. */
export function explainCheck({ provider, python, exit, lines }: Failed): GatewayError {
  return new GatewayError(
    'install_failed',
    `${provider} was installed and does not run on this machine (${python.host}, Python ${versionOf(python)}): ${describeExit(exit, lines)}`,
  );
}
