/** The block in a hook, between two marker lines. */
const BEGIN =
  '# >>> switchyard hooks: keeps fetched programs up to date; "switchyard hooks remove" removes this block';
const END = '# <<< switchyard hooks';

interface Facts {
  /** the repository's folder: hooks may be shared by several */
  readonly top: string;
  readonly node: string;
  readonly client: string;
  readonly config?: string;
}

/** In the background, without git's file descriptors. A checkout of single files (`$3` is 0) changes no program. */
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

/** Inserted after the first line, so that an `exit` in the rest does not skip it. */
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

/** Quoted for a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
