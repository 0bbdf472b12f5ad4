import { createHash, randomBytes } from 'node:crypto';

export interface Session {
  /** its owner: a name of the provider, or that of the password */
  readonly name: string;
  readonly role: 'admin' | 'viewer';
  /** ms since 1970 */
  readonly untilEpochMs: number;
}

interface Kept extends Session {
  usedEpochMs: number;
}

/** Most sessions at once; the oldest ends first. */
const MOST = 1_000;

interface Times {
  /** ms */
  readonly lasts: number;
  readonly idle: number;
}

/** Sessions in memory, by a digest of what the cookie has: a restart ends them. */
export class Sessions {
  readonly #date: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(date: () => number) {
    this.#date = date;
  }

  /** @returns what the cookie is to have */
  begin({ name, role }: Pick<Session, 'name' | 'role'>, { lasts }: Times): string {
    const now = this.#date();
    const token = randomBytes(32).toString('base64url');
    this.#kept.set(digest(token), { name, role, untilEpochMs: now + lasts, usedEpochMs: now });
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value as string);
    return token;
  }

  /** @param isUse it counts as used */
  find(token: string, { idle }: Times, isUse = true): Session | undefined {
    const id = digest(token);
    const session = this.#kept.get(id);
    if (!session) return undefined;
    const now = this.#date();
    if (now >= session.untilEpochMs || now - session.usedEpochMs >= idle) {
      this.#kept.delete(id);
      return undefined;
    }
    if (isUse) session.usedEpochMs = now;
    return session;
  }

  end(token: string): void {
    this.#kept.delete(digest(token));
  }

  endAll(): void {
    this.#kept.clear();
  }
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');
