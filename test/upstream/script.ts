import { encode, type Frame } from './sse.ts';

/**
 * What a write belongs to. `opening` carries no content yet (a role chunk, response.created), `content` is
 * a text, reasoning or tool delta, `finish` says why it stopped, `done` is the terminal event. A JSON body is
 * cut in three: opening, content, finish.
 */
export type Part = 'opening' | 'content' | 'finish' | 'usage' | 'done' | 'noise';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** One thing the upstream does on the wire. */
export type Step =
  | { readonly do: 'head'; readonly status: number; readonly reason?: string; readonly headers: Headers }
  | { readonly do: 'write'; readonly part: Part; readonly bytes: Buffer; readonly frame?: Frame }
  /** Writes the same bytes again and again, as fast as the socket takes them or with a pause (ms) after each. */
  | { readonly do: 'flood'; readonly bytes: Buffer; readonly count: number; readonly pause?: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** Goes on once the test says so. */
  | { readonly do: 'hold'; readonly until: Promise<unknown> }
  /** Lets what was written so far leave by itself, so that the next write is a segment of its own. */
  | { readonly do: 'flush' }
  /** Ends the answer as HTTP wants it. */
  | { readonly do: 'end' }
  /** Closes the connection (FIN) wherever the answer is. */
  | { readonly do: 'break' }
  /** Resets the connection (RST). */
  | { readonly do: 'reset' }
  /** Does nothing more until the client leaves. */
  | { readonly do: 'hang' }
  /** Writes to the socket past HTTP; nothing after it can be an answer. */
  | { readonly do: 'raw'; readonly bytes: Buffer };

export type Script = readonly Step[];
export type Write = Extract<Step, { do: 'write' }>;

export const end: Step = { do: 'end' };
export const hang: Step = { do: 'hang' };
export const wait = (ms: number): Step => ({ do: 'wait', ms });
/** Breaks a connection only after what was written has had time to arrive. */
export const breakOff: Script = [{ do: 'flush' }, wait(10), { do: 'break' }];
export const reset: Script = [{ do: 'flush' }, wait(10), { do: 'reset' }];

export function head(status: number, headers: Headers, reason?: string): Step {
  return reason === undefined ? { do: 'head', status, headers } : { do: 'head', status, headers, reason };
}

export function write(part: Part, bytes: Buffer | string): Write {
  return { do: 'write', part, bytes: Buffer.from(bytes) };
}

export function writeFrame(part: Part, frame: Frame): Write {
  return { ...write(part, encode(frame)), frame };
}

/** A whole answer of known length. */
export function reply(status: number, headers: Headers, body: Buffer | string): Script {
  const bytes = Buffer.from(body);
  return [head(status, { ...headers, 'content-length': String(bytes.length) }), ...thirds(bytes), end];
}

/** Cuts a body into the three parts that behaviours know how to leave out. */
function thirds(bytes: Buffer): Write[] {
  const [first, second] = [Math.ceil(bytes.length / 3), Math.ceil((bytes.length * 2) / 3)];
  const parts: [Part, Buffer][] = [
    ['opening', bytes.subarray(0, first)],
    ['content', bytes.subarray(first, second)],
    ['finish', bytes.subarray(second)],
  ];
  return parts.filter(([, piece]) => piece.length > 0).map(([part, piece]) => write(part, piece));
}

export const isWrite = (step: Step): step is Write => step.do === 'write';
export const isPart = (step: Step, ...parts: Part[]): step is Write =>
  isWrite(step) && parts.includes(step.part);

/** The script without the writes of these parts. */
export function without(script: Script, ...parts: Part[]): Script {
  return script.filter((step) => !isPart(step, ...parts));
}

/** The script without its last step, which says how it ends; its length is no longer promised. */
export function open(script: Script): Script {
  return unmeasured(script).filter((step) => step.do !== 'end');
}

/** Head and opening only. */
export function beforeContent(script: Script): Script {
  return cutAt(
    script,
    script.findIndex((step) => isPart(step, 'content')),
  );
}

/** Head, opening and the first half of the content, at least one delta of it. */
export function halfway(script: Script): Script {
  const contents = script.flatMap((step, index) => (isPart(step, 'content') ? [index] : []));
  const last = contents[Math.max(0, Math.ceil(contents.length / 2) - 1)];
  return cutAt(script, last === undefined ? -1 : last + 1);
}

function cutAt(script: Script, index: number): Script {
  return open(index < 0 ? script : script.slice(0, index));
}

/** Changes the head's headers; `undefined` takes one away. */
export function withHeaders(script: Script, changes: Readonly<Record<string, string | undefined>>): Script {
  return script.map((step) => {
    if (step.do !== 'head') return step;
    const kept = Object.entries(step.headers).filter(([name]) => !(name.toLowerCase() in changes));
    const added = Object.entries(changes).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return { ...step, headers: Object.fromEntries([...kept, ...added]) };
  });
}

/** Without content-length, so that node:http sends chunks. */
export function unmeasured(script: Script): Script {
  return withHeaders(script, { 'content-length': undefined });
}

/** Every write's bytes made again, as one or several steps. */
export function rewrite(script: Script, change: (step: Write) => Script): Script {
  return script.flatMap((step): Script => (isWrite(step) ? change(step) : [step]));
}
