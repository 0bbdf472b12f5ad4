import { get, send } from './client.ts';
import { gotIn } from './key.ts';
import type { SessionAnswer } from './types.ts';

/** How to sign in, and whether this browser has. */
export const session = (): Promise<SessionAnswer> => get<SessionAnswer>('session');

/** @throws ApiError when the password is wrong, or was wrong too often */
export async function signIn(password: string): Promise<void> {
  await send('POST', 'session', { body: { password } });
  gotIn();
}

export async function signOut(): Promise<void> {
  await send('DELETE', 'session');
  location.reload();
}
