import type { Test } from 'tap';
import { openLab, type Lab, type LabParts } from '../../lab.ts';
import type { Answer, Ask, Parsed } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';

/** A gateway with the key of an admin, which makes the others. */
export interface Keyed extends Lab {
  /** the folder of its files */
  readonly home: string;
  readonly admin: string;
  /** Asks as the holder of a key. */
  as(key: string, path: string, options?: Ask): Promise<Answer>;
  chat(key: string, body?: Record<string, unknown>, options?: Ask): Promise<Answer>;
  /** Makes a key. @returns its text */
  make(name: string, traits?: Record<string, unknown>): Promise<string>;
  /** Asks the management API. */
  manage(method: Ask['method'], path: string, body?: Record<string, unknown>): Promise<Answer>;
}

export async function openKeyed(t: Test, { config, ...parts }: LabParts = {}): Promise<Keyed> {
  const home = testFolder(t, {});
  const lab = await openLab(t, { ...parts, config: { home, ...config } });
  const { switchyard } = lab;
  const made = await switchyard.ask('/keys', { body: { name: 'root', role: 'admin' } });
  const admin = (made.json() as Parsed).key as string;
  const as = (key: string, path: string, { headers, ...options }: Ask = {}): Promise<Answer> =>
    switchyard.ask(path, { ...options, headers: { authorization: `Bearer ${key}`, ...headers } });
  const manage: Keyed['manage'] = (method, path, body) =>
    as(admin, path, { ...(method && { method }), ...(body && { body }) });
  return {
    ...lab,
    home,
    admin,
    as,
    manage,
    chat: (key, body = {}, options = {}) =>
      as(key, '/v1/chat/completions', {
        body: { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body },
        ...options,
      }),
    async make(name, traits = {}) {
      const answer = await manage('POST', '/keys', { name, ...traits });
      if (answer.status !== 200) throw new Error(answer.text);
      return (answer.json() as Parsed).key as string;
    },
  };
}

export const codeOf = (answer: Answer): string => (answer.json() as Parsed).error.code;
