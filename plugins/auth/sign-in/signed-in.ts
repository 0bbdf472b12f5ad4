import { ConfigKey } from '../config-key.ts';
import type { Meters } from '../meter.ts';
import type { Session } from './sessions.ts';

/** Most people that are remembered, as they come and go. */
const MOST = 1_000;

/** A signed-in person as a caller: requests of the dashboard are counted under the name. */
export class SignedIn extends ConfigKey {
  readonly role: Session['role'];

  constructor({ name, role }: Session, meters: Meters) {
    // A viewer sees all usage, too; what changes something is refused by the role.
    super(`session ${role} ${name}`, name, true, meters);
    this.role = role;
  }
}

/** Each person once, whatever sessions there are. */
export class People {
  readonly #meters: Meters;
  readonly #known = new Map<string, SignedIn>();

  constructor(meters: Meters) {
    this.#meters = meters;
  }

  of(session: Session): SignedIn {
    const id = `${session.role} ${session.name}`;
    let person = this.#known.get(id);
    if (person) return person;
    this.#known.set(id, (person = new SignedIn(session, this.#meters)));
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value as string);
    return person;
  }
}
