/** npm names each package that it has fetched, or found in its cache. */
const PACKAGE = /^npm http (?:fetch GET 200|cache) \S+\.tgz/;
const SECOND = 1_000;

/** Reports each second how long npm has run and how many packages it has: npm itself may be silent for a minute. */
export class NpmProgress {
  readonly #doing: string;
  readonly #tell: (line: string) => void;
  readonly #beganMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #packages = 0;

  constructor(doing: string, tell: (line: string) => void) {
    this.#doing = doing;
    this.#tell = tell;
    tell(doing);
    this.#timer = setInterval(() => this.#say(), SECOND);
    this.#timer.unref();
  }

  read(line: string): void {
    if (PACKAGE.test(line)) this.#packages++;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #say(): void {
    const seconds = Math.round((performance.now() - this.#beganMs) / SECOND);
    this.#tell(`${this.#doing} (${this.#packages} so far, ${seconds} s)`);
  }
}
