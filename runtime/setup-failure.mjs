/** What an operator reads instead of a stack when the set-up cannot go on: the thing, the value, the remedy. */
export class SetupFailure extends Error {
  name = 'SetupFailure';
}

const again = 'then run the same command again';

const remedies = [
  {
    // Codes of DNS, TCP and TLS, of npm's own cache when it was told to stay offline, and of this launcher's patience.
    codes:
      /^(ENOTFOUND|EAI_\w+|ECONN\w+|E\w*TIMEDOUT|E\w*TIMEOUT|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EPIPE|ENOTCACHED|EPROTO|ERR_SOCKET\w*|ERR_SSL\w*|\w*(CERT|ISSUER|SIGNED)\w*|no answer.*)$/,
    says: ({ host, code }) =>
      `${host} could not be reached (${code}). Check the network, and behind a proxy npm's "proxy", "https-proxy" and "registry" settings, ${again}`,
  },
  {
    codes: /^(EACCES|EPERM|EROFS|ENOTDIR|EISDIR)$/,
    says: ({ folder, code }) =>
      `${folder} cannot be written (${code}). Give this user write access to it, or run as its owner, ${again}`,
  },
  {
    codes: /^(EBUSY|ENOTEMPTY)$/,
    says: ({ folder, code }) =>
      `files in ${folder} are in use (${code}). Stop what runs from that folder, ${again}`,
  },
  {
    codes: /^(ENOSPC|EDQUOT)$/,
    says: ({ folder, code }) =>
      `no space is left for ${folder} (${code}). Free some (up to 700 MB are needed for a moment), ${again}`,
  },
  {
    codes: /^(EUSAGE|EJSONPARSE|ELOCKVERIFY|ERESOLVE|EINVALIDPACKAGENAME|EINVALIDTAGNAME)$/,
    says: ({ code }) =>
      `package.json and package-lock.json do not fit each other (${code}). Restore them with "git checkout -- package.json package-lock.json", or bring them in line with "npm install", ${again}`,
  },
  {
    codes: /^(EINTEGRITY|Z_\w+|TAR_\w+)$/,
    says: ({ host, code }) =>
      `what ${host} delivered is not what package-lock.json promises (${code}). Clear a damaged cache with "npm cache clean --force", or ask the operator of that registry, ${again}`,
  },
  {
    codes: /^(E4\d\d|E5\d\d|ETARGET|ENOVERSIONS|ENEEDAUTH)$/,
    says: ({ host, code }) =>
      `${host} refused or does not have a package (${code}). Check npm's "registry" setting and your access to it, ${again}`,
  },
];

/** The failure in words for an error code of npm or of the file system; `what` completes "Could not …". */
export function explainFailure({ what, code, host, folder, detail }) {
  const remedy = remedies.find(({ codes }) => codes.test(code));
  const reason = remedy
    ? remedy.says({ host, code, folder })
    : `${detail ?? code}. Run "npm ci --ignore-scripts" in ${folder} to see all that npm says`;
  return new SetupFailure(`Could not ${what}: ${reason}.`);
}
