import type { EventBytes, EventCutter, Framing } from '../../core/contracts/index.ts';
import { tryJson } from '../json.ts';

const [LF, NEWLINE] = [0x0a, Buffer.from('\n')];
const TYPE = 'application/x-ndjson';

/** A JSON object a line (Ollama). Its clients parse each line, so that it has no comments. */
export const NDJSON: Framing = {
  decoder: {
    // A single object is an answer as well as a stream of one.
    isStream: (contentType, asked) => asked || contentType.startsWith(TYPE),
    cutter: () => new LineCutter(),
    eventsIn: linesIn,
    whole: (rest) => (isObject(tryJson(rest.toString())) ? Buffer.concat([rest, NEWLINE]) : undefined),
  },
  encoder: {
    name: 'ndjson',
    contentType: TYPE,
    frame: ({ data }) => `${data}\n`,
    end: () => '',
  },
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

function* linesIn(run: Buffer): Generator<EventBytes> {
  let start = 0;
  while (start < run.length) {
    const at = run.indexOf(LF, start);
    const end = at === -1 ? run.length : at + 1;
    yield { event: { event: '', data: run.toString('utf8', start, end).trim() }, end };
    start = end;
  }
}

/** Cuts a stream behind its line feeds, which no JSON text has inside a line. */
class LineCutter implements EventCutter {
  #tail: Buffer[] = [];
  pending = 0;

  push(chunk: Buffer): Buffer | undefined {
    const end = chunk.lastIndexOf(LF) + 1;
    if (end === 0) {
      this.#keep(chunk);
      return undefined;
    }
    const run = Buffer.concat([...this.#tail, chunk.subarray(0, end)]);
    this.#tail = [];
    this.pending = 0;
    if (end < chunk.length) this.#keep(chunk.subarray(end));
    return run;
  }

  isNoise(_chunk: Buffer, run: Buffer | undefined): boolean {
    return run !== undefined && run.length < 64 && run.toString('latin1').trim() === '';
  }

  rest(): Buffer {
    const rest = Buffer.concat(this.#tail);
    this.#tail = [];
    this.pending = 0;
    return rest;
  }

  #keep(bytes: Buffer): void {
    this.#tail.push(bytes);
    this.pending += bytes.length;
  }
}
