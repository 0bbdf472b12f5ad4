import type { Start } from './agents.ts';

/** What `--print` shows: a command for a shell that does what `launch` would do. */
export function shellCommand(command: string, { env, unset, args, folder }: Start): string {
  const variables = [
    ...unset.map((name) => `-u ${name}`),
    ...Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`),
    ...(folder ? [`${folder.variable}=FOLDER`] : []),
  ];
  const note = folder ? `# FOLDER: ${folder.about}\n` : '';
  return `${note}env ${variables.join(' \\\n    ')} \\\n  ${[command, ...args].map(quoted).join(' ')}\n`;
}

const quoted = (text: string): string => {
  if (text === '$SWITCHYARD_KEY') return '"$SWITCHYARD_KEY"';
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
};
