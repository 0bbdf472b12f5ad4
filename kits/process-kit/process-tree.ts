import { pidsIn } from './cgroup.ts';
import type { Known } from './parent-death-guard.ts';
import { pidsMarked } from './environment-mark.ts';
import { processTable } from './process-table.ts';
import type { ProcessRow } from './process-table.ts';

/**
 * All processes of a program: its group and session, what descends from it, and what did when it was last read; what
 * is in its control group, and where that is asked for, what has its mark.
 */
export class ProcessTree {
  readonly #leader: number;
  readonly #by: Known;
  readonly #changed: (strays: readonly ProcessRow[]) => void;
  #known: ReadonlyMap<number, string> = new Map();
  #strays = '';

  /** @param changed called with the processes that have left the group, each time they change */
  constructor(leader: number, by: Known, changed: (strays: readonly ProcessRow[]) => void) {
    this.#leader = leader;
    this.#by = by;
    this.#changed = changed;
  }

  /** @param ageMs ms that what is known of the machine's processes may be old */
  async read(
    ageMs: number,
    marked: readonly number[] = [],
  ): Promise<{ readonly atMs: number; readonly members: readonly ProcessRow[] }> {
    const { atMs, rows } = await processTable(ageMs);
    const members = this.#in([...rows.values()], new Set([...marked, ...pidsIn(this.#by.cgroup)]));
    this.#known = new Map(members.map(({ pid, start }) => [pid, start]));
    this.#tell(this.#outside(members));
    return { atMs, members };
  }

  /** Processes that a signal to the group does not reach, only where their identity is certain. */
  async strays(): Promise<ProcessRow[]> {
    const { mark } = this.#by;
    const { members } = await this.read(0, mark === undefined ? [] : await pidsMarked(mark));
    return this.#outside(members);
  }

  #outside(members: readonly ProcessRow[]): ProcessRow[] {
    return members.filter(({ group, start }) => group !== this.#leader && start !== '');
  }

  #tell(strays: readonly ProcessRow[]): void {
    const names = strays.map(({ pid, start }) => `${pid} ${start}`).join();
    if (names === this.#strays) return;
    this.#strays = names;
    this.#changed(strays);
  }

  #in(rows: readonly ProcessRow[], also: ReadonlySet<number>): readonly ProcessRow[] {
    const children = Map.groupBy(rows, ({ parent }) => parent);
    const isKnown = ({ pid, start }: ProcessRow): boolean => start !== '' && this.#known.get(pid) === start;
    const isOurs = ({ pid, group, session }: ProcessRow): boolean =>
      [pid, group, session].includes(this.#leader);
    const members = new Set(rows.filter((row) => isOurs(row) || isKnown(row) || also.has(row.pid)));
    // What is added while it is gone through has its turn, too.
    for (const { pid } of members) for (const child of children.get(pid) ?? []) members.add(child);
    return [...members];
  }
}
