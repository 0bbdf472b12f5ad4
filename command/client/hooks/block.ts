/** What stands in a hook, between two lines that say whose it is. */
const BEGIN =
  '# >>> switchyard hooks: keeps what was fetched up to date; "switchyard hooks remove" takes this away';
const END = '# <<< switchyard hooks';

interface Facts {
  /** the repository's folder: hooks may be shared by several */
  readonly top: string;
  readonly node: string;
  readonly client: string;
  readonly config?: string;
}

/**
 * In the background, with nothing of git's to hold on to. A checkout of single files (`$3` is 0) changes no program.
 */
export function blockFor({ top, node, client, config }: Facts): string {
  const words = [node, client, 'populate', '--populated', '--here', ...(config ? ['--config', config] : [])];
  return [
    BEGIN,
    `if [ "\${3-}" != 0 ] && [ "$(git rev-parse --show-toplevel 2>/dev/null)" = ${quoted(top)} ]; then`,
    `  (${words.map(quoted).join(' ')} >"$(git rev-parse --git-path switchyard.log)" 2>&1 </dev/null &)`,
    'fi',
    END,
    '',
  ].join('\n');
}

/** After the first line, so that an `exit` in what follows does not go before it. */
export function withBlock(script: string, block: string): string {
  const rest = withoutBlock(script);
  const line = rest.indexOf('\n') + 1 || rest.length;
  const first = rest.slice(0, line);
  return `${first}${first.endsWith('\n') ? '' : '\n'}${block}${rest.slice(line)}`;
}

export function withoutBlock(script: string): string {
  const from = script.indexOf(BEGIN);
  const end = from === -1 ? -1 : script.indexOf(END, from);
  if (end === -1) return script;
  return script.slice(0, from) + script.slice(end + END.length).replace(/^\n/, '');
}

/** For a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
