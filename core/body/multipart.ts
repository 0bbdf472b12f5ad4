import type { Span } from './members.ts';

/**
 * Where the value of a form field stands in a `multipart/form-data` body (RFC 7578), or undefined. Only what routing
 * needs: the file parts are stepped over by searching for the boundary, never copied.
 */
export function formField(body: Buffer, contentType: string, name: string): Span | undefined {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (!boundary) return undefined;
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  let at = body.indexOf(delimiter);
  while (at >= 0) {
    const headStart = at + delimiter.length;
    const headEnd = body.indexOf('\r\n\r\n', headStart);
    const next = body.indexOf(delimiter, headStart);
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
