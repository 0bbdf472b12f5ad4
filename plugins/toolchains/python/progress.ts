import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Reports pip's progress to people, from its output; between its lines, from growing files. */
export class PipProgress {
  readonly #folder: string;
  readonly #report: (line: string) => void;
  #doing = 'asking the package index';
  #fetching: { file: string; name: string; size: string } | undefined;

  /** @param folder where pip writes its downloads */
  constructor(folder: string, report: (line: string) => void) {
    this.#folder = folder;
    this.#report = report;
    report(this.#doing);
  }

  read(line: string): void {
    const fetching = /^\s*(?:Downloading|Using cached) (\S+)(?: \(([\d.]+) ([kM]?B)\))?/.exec(line);
    if (fetching) this.#fetching = this.#file(fetching[1]!, fetching[3] === 'MB' ? fetching[2] : undefined);
    else if (line.startsWith('Collecting ')) this.#now(`looking for ${line.split(' ')[1]}`);
    else if (line.startsWith('Installing collected packages')) this.#now('unpacking');
    else return;
    void this.tell();
  }

  /** Reports the progress. */
  async tell(): Promise<void> {
    const fetching = this.#fetching;
    if (!fetching) return this.#report(this.#doing);
    const bytes = await this.#sizeOf(fetching.file);
    this.#report(
      `fetching ${fetching.name} (${bytes > 0 ? `${Math.round(bytes / 1e6)} of ` : ''}${fetching.size} MB)`,
    );
  }

  #now(doing: string): void {
    this.#doing = doing;
    this.#fetching = undefined;
  }

  /** Small ones are over before their names can be read. */
  #file(url: string, size: string | undefined): { file: string; name: string; size: string } | undefined {
    const file = basename(url);
    return size === undefined ? undefined : { file, name: file.split('-')[0]!, size };
  }

  async #sizeOf(file: string): Promise<number> {
    const folders = await readdir(this.#folder).catch(() => []);
    const sizes = await Promise.all(
      folders.map((folder) =>
        stat(join(this.#folder, folder, file)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return Math.max(0, ...sizes);
  }
}
