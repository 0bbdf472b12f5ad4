import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { EXIT, Failure } from './fail.ts';

/** Reads a secret from a pipe, without its last line end; at a terminal it prompts and hides what is typed. */
export async function readSecret(what: string): Promise<string> {
  const value = process.stdin.isTTY ? await typed(`${what} (input is hidden): `) : await text(process.stdin);
  const secret = value.replace(/\r?\n$/, '');
  if (secret.trim() === '') throw new Failure(`no value given for ${what}`, EXIT.usage);
  return secret;
}

function typed(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  // The prompt comes only now that the terminal hides what is typed.
  process.stderr.write(question);
  return new Promise<string>((resolve, reject) => {
    terminal.once('line', (line) => resolve(line));
    terminal.once('SIGINT', () => reject(new Failure('interrupted; nothing was stored', EXIT.interrupted)));
    terminal.once('close', () => reject(new Failure(`no value came`, EXIT.usage)));
  }).finally(() => {
    process.stderr.write('\n');
    terminal.close();
  });
}
