import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Headers } from './script.ts';

const root = join(import.meta.dirname, '..', 'fixtures', 'recordings');

/** A recorded answer of test/fixtures/recordings. */
export interface Recording {
  /** Path below test/fixtures/recordings. */
  readonly file: string;
  readonly status: number;
  readonly reason: string;
  /** As recorded; an SSE payload file or a JSON file has only a content type. */
  readonly headers: Headers;
  /** Transfer encoding removed. */
  readonly body: Buffer;
  /** `false`: the program broke the connection inside its answer. */
  readonly complete: boolean;
}

/** What was asked of a local provider program to get a recording, from its index. */
export interface IndexRow {
  readonly file: string;
  readonly status: number;
  readonly contentType: string;
  readonly complete: boolean;
  /** Number of `data:` events. */
  readonly events: number;
  readonly request: string;
  /** The start of the request's body, `-` for none. */
  readonly requestBody: string;
}

/** Every recording below a folder, as names for `readRecording` and the behaviour `replay`. */
export function listRecordings(folder = '.'): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter(
      (entry) => entry.isFile() && /\.(json|txt)$/.test(entry.name) && !entry.name.endsWith('.request.txt'),
    )
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

export function readRecording(file: string): Recording {
  const bytes = readFileSync(join(root, file));
  const shared = { file, status: 200, reason: 'OK', complete: true };
  if (file.endsWith('.chunks.txt')) {
    return {
      ...shared,
      headers: { 'content-type': 'text/event-stream' },
      body: Buffer.from(asEvents(bytes.toString())),
    };
  }
  if (file.endsWith('.json'))
    return { ...shared, headers: { 'content-type': 'application/json' }, body: bytes };
  const complete = providerIndex().get(file)?.complete ?? true;
  return { file, ...parseHttp(bytes), complete };
}

let index: Map<string, IndexRow> | undefined;

/** The index of `providers/`, by file. */
export function providerIndex(): Map<string, IndexRow> {
  index ??= new Map(
    readFileSync(join(root, 'providers', 'index.tsv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [name = '', status, contentType = '', , complete, events, , , request = '', requestBody = ''] =
          line.split('\t');
        const file = `providers/${name}`;
        const row = {
          file,
          status: Number(status),
          contentType,
          complete: complete === 'yes',
          events: Number(events),
        };
        return [file, { ...row, request, requestBody }];
      }),
  );
  return index;
}

/** One payload a line becomes server-sent events; OpenAI's responses name theirs, everything else ends in [DONE]. */
function asEvents(lines: string): string {
  const payloads = lines.split('\n').filter((line) => line !== '');
  const named = payloads.some((line) => /^\{"type":"(?:response\.|message_start)/.test(line));
  const events = payloads.map((line) => `${named ? `event: ${typeOf(line)}\n` : ''}data: ${line}\n\n`);
  // Anthropic, the Responses API and Google end without it.
  const isClosed = named || payloads.some((line) => line.startsWith('{"candidates"'));
  return events.join('') + (isClosed ? '' : 'data: [DONE]\n\n');
}

/** Not every recorded line is JSON. */
function typeOf(line: string): string {
  return /^\{"type":"([^"]*)"/.exec(line)?.[1] ?? 'message';
}

function parseHttp(bytes: Buffer): Pick<Recording, 'status' | 'reason' | 'headers' | 'body'> {
  const text = bytes.toString('latin1');
  const blank = /\r?\n\r?\n/.exec(text);
  if (!blank) throw new Error('a recorded answer has no empty line after its headers');
  const [statusLine = '', ...lines] = text.slice(0, blank.index).split(/\r?\n/);
  const [, status, ...reason] = statusLine.split(' ');
  const headers: Record<string, string[]> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()];
  }
  return {
    status: Number(status),
    reason: reason.join(' '),
    headers,
    body: bytes.subarray(blank.index + blank[0].length),
  };
}
