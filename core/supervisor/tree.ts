import { processTable } from './process-table.ts';
import type { Row } from './process-table.ts';

/**
 * All processes of a program: its group and session, whoever descends from it, and whoever did when it was last looked at, for a
 * process that has left the group and lost its parent is known by nothing else.
 */
export class Tree {
  readonly #leader: number;
  readonly #told: (strays: readonly Row[]) => void;
  #known: ReadonlyMap<number, string> = new Map();
  #strays = '';

  /** @param told who has left the group, each time that others have */
  constructor(leader: number, told: (strays: readonly Row[]) => void) {
    this.#leader = leader;
    this.#told = told;
  }

  /** @param age ms that what is known of the machine's processes may be old */
  async look(age: number): Promise<{ readonly at: number; readonly members: readonly Row[] }> {
    const { at, rows } = await processTable(age);
    const members = this.#in([...rows.values()]);
    this.#known = new Map(members.map(({ pid, start }) => [pid, start]));
    this.#tell(this.#outside(members));
    return { at, members };
  }

  /** Those that a signal to the group does not reach, where it is certain who they are. */
  async strays(): Promise<Row[]> {
    const { members } = await this.look(0);
    return this.#outside(members);
  }

  #outside(members: readonly Row[]): Row[] {
    return members.filter(({ group, start }) => group !== this.#leader && start !== '');
  }

  #tell(strays: readonly Row[]): void {
    const names = strays.map(({ pid, start }) => `${pid} ${start}`).join();
    if (names === this.#strays) return;
    this.#strays = names;
    this.#told(strays);
  }

  #in(rows: readonly Row[]): readonly Row[] {
    const children = Map.groupBy(rows, ({ parent }) => parent);
    const isKnown = ({ pid, start }: Row): boolean => start !== '' && this.#known.get(pid) === start;
    const isOurs = ({ pid, group, session }: Row): boolean => [pid, group, session].includes(this.#leader);
    const members = new Set(rows.filter((row) => isOurs(row) || isKnown(row)));
    // What is added while it is gone through has its turn, too.
    for (const { pid } of members) for (const child of children.get(pid) ?? []) members.add(child);
    return [...members];
  }
}
