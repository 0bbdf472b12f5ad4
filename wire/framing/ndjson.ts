import type { EventBytes, EventCutter, Framing, SseEvent } from '../../core/contracts/index.ts';
import { Abridged } from '../body/abridged.ts';
import { tryJson } from '../json.ts';
import { Tail, type Digest } from './tail.ts';

const [LF, NEWLINE] = [0x0a, Buffer.from('\n')];
const TYPE = 'application/x-ndjson';

/** A JSON object a line (Ollama). Its clients parse each line, so that it has no comments. */
export const NDJSON: Framing = {
  decoder: {
    // A single object is an answer as well as a stream of one.
    isStream: (contentType, asked) => asked || contentType.startsWith(TYPE),
    cutter: () => new LineCutter(),
    eventsIn: linesIn,
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
    yield { event: eventOf(run.toString('utf8', start, end)), end };
    start = end;
  }
}

const eventOf = (line: string): SseEvent => ({ event: '', data: line.trim() });

/** Cuts a stream behind its line feeds, which no JSON text has inside a line. */
class LineCutter implements EventCutter {
  readonly #tail = new Tail(
    () => new LongLine(),
    (bytes) => eventOf(bytes.toString()),
  );

  get pending(): number {
    return this.#tail.length;
  }

  get long(): EventBytes | undefined {
    return this.#tail.long;
  }

  push(chunk: Buffer): Buffer | undefined {
    const end = chunk.lastIndexOf(LF) + 1;
    if (end === 0) {
      this.#tail.keep(chunk);
      return undefined;
    }
    return this.#tail.take(chunk, end);
  }

  isNoise(_chunk: Buffer, run: Buffer | undefined): boolean {
    return run !== undefined && run.length < 64 && run.toString('latin1').trim() === '';
  }

  last(): Buffer | undefined {
    const last = this.#tail.take(NEWLINE);
    const { data } = this.long?.event ?? eventOf(last.toString());
    return isObject(tryJson(data)) ? last : undefined;
  }
}

/** Reads a long line while it comes. */
class LongLine implements Digest {
  readonly lines = 1;
  readonly #data = new Abridged();

  get event(): SseEvent {
    return eventOf(this.#data.text);
  }

  get values(): number {
    return this.#data.values;
  }

  add(piece: Buffer): number {
    const end = piece.indexOf(LF) + 1;
    this.#data.add(end === 0 ? piece : piece.subarray(0, end));
    return end || -1;
  }
}
