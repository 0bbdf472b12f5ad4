import type { ServerResponse } from 'node:http';

/** Writes an answer of about `bytes` bytes. @param answer with that text */
export function wholeAnswer(
  answer: (text: string) => object,
): (response: ServerResponse, bytes: number) => void {
  const made = new Map<number, Buffer>();
  const empty = JSON.stringify(answer('')).length;
  const make = (bytes: number): Buffer => {
    const text = 'answer '.repeat(bytes / 7).slice(0, Math.max(0, bytes - empty));
    const body = Buffer.from(JSON.stringify(answer(text)));
    made.set(bytes, body);
    return body;
  };
  return (response, bytes) => {
    const body = made.get(bytes) ?? make(bytes);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  };
}
