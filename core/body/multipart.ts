import type { Span } from './members.ts';

/**
 * Where the value of a form field stands in a `multipart/form-data` body (RFC 7578), or undefined. Only what routing
 * needs: the file parts are stepped over by searching for the boundary, never copied.
 */
export function formField(body: Buffer, contentType: string, name: string): Span | undefined {
  const boundary = boundaryIn(contentType);
  if (boundary === undefined) return undefined;
  const delimiter = Buffer.from(`--${boundary}`);
  let at = delimiterFrom(body, delimiter, 0);
  let headEnd = -1;
  while (at >= 0) {
    const headStart = at + delimiter.length;
    // Looked for again only when it is passed: a body may hold a million boundaries.
    if (headEnd < headStart) headEnd = body.indexOf('\r\n\r\n', headStart);
    const next = delimiterFrom(body, delimiter, headStart);
    if (headEnd < 0 || next < 0) return undefined;
    if (headEnd < next) {
      const head = body.toString('utf8', headStart, headEnd);
      const field = /^content-disposition:[^\r\n]*?;\s*name=(?:"([^"]*)"|([^;\s]+))/im.exec(head);
      if (field && (field[1] ?? field[2]) === name) return { start: headEnd + 4, end: next - 2 };
    }
    at = next;
  }
  return undefined;
}

/** The body with that field's value replaced; the same body when the field is not there. */
export function setFormField(body: Buffer, contentType: string, name: string, value: string): Buffer {
  const span = formField(body, contentType, name);
  if (!span) return body;
  return Buffer.concat([body.subarray(0, span.start), Buffer.from(value), body.subarray(span.end)]);
}

/** The body with that field's value replaced, or with the field in front where it is not there. */
export function addFormField(body: Buffer, contentType: string, name: string, value: string): Buffer {
  if (formField(body, contentType, name)) return setFormField(body, contentType, name, value);
  const boundary = boundaryIn(contentType);
  if (boundary === undefined) return body;
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    body,
  ]);
}

/** It stands at the beginning of a line; elsewhere it belongs to a file. */
function delimiterFrom(body: Buffer, delimiter: Buffer, from: number): number {
  let at = body.indexOf(delimiter, from);
  while (at > 0 && body[at - 1] !== 0x0a) at = body.indexOf(delimiter, at + 1);
  return at;
}

function boundaryIn(contentType: string): string | undefined {
  const found = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}
