import type { Call, EventMeaning, Reader, SseEvent } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, parse, type Json } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, failed, NOTHING } from '../../../../kits/dialect-kit/signs.ts';
import { hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { StreamEstimate } from '../../../../wire/estimate-tokens.ts';
import { explainsEnd, lineCarries } from './line-parts.ts';

const DONE = '"done"';
const ERROR = '"error"';
const NEWLINE = '\n';
const [SPACE, COLON, LETTER_T] = [0x20, 0x3a, 0x74];

/** Reads a stream of Ollama's: one JSON object a line; the last one has `done`. */
export const lineReader = (call: Call): Reader => new LineReader(call);

class LineReader implements Reader {
  readonly #call: Call;
  readonly #estimate = new StreamEstimate();
  finished = false;
  #explained = false;

  constructor(call: Call) {
    this.#call = call;
  }

  get explained(): boolean {
    return this.#explained || (this.finished && hasStop(this.#call));
  }

  get tokens(): number {
    return this.#estimate.tokens;
  }

  quiet(lines: string): boolean {
    if (mayEnd(lines)) return false;
    this.#estimate.passed(linesIn(lines), lines.length);
    return true;
  }

  read({ data }: SseEvent): EventMeaning {
    const line = parse(data);
    if (!isObject(line)) return failed(`not a line of this API: ${data.slice(0, 200)}`);
    const message = lineCarries(line) ? undefined : errorIn(line);
    if (message !== undefined) return { ...failed(message), native: typeof line.error === 'string' };
    const content = lineCarries(line);
    if (content) this.#estimate.read(data, line.message ?? [line.response, line.thinking]);
    if (line.done === true) return this.#end(line, content);
    return content ? CONTENT : NOTHING;
  }

  #end(line: Json, content: boolean): EventMeaning {
    this.finished = true;
    this.#explained = explainsEnd(line);
    return { content, terminal: true };
  }
}

/** Whether one of these lines may end an answer or break it; inside a text the names' quotes would be escaped. */
function mayEnd(lines: string): boolean {
  if (lines.includes(ERROR)) return true;
  for (let at = lines.indexOf(DONE); at !== -1; at = lines.indexOf(DONE, at + DONE.length)) {
    const colon = afterSpaces(lines, at + DONE.length);
    if (lines.charCodeAt(colon) !== COLON) continue;
    if (lines.charCodeAt(afterSpaces(lines, colon + 1)) === LETTER_T) return true;
  }
  return false;
}

function afterSpaces(lines: string, at: number): number {
  while (lines.charCodeAt(at) <= SPACE) at += 1;
  return at;
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
