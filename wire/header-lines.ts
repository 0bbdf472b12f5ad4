import type { ServerResponse } from 'node:http';

/** A symbol, so that it is copied with the headers and never written as one. */
const LINES = Symbol('lines');

type Headers = Record<string, string | string[] | number>;
type WithLines = Headers & { [LINES]?: string };

/**
 * Adds headers that are written as they are, `name: value\r\n` each. Nothing checks them: they must be our own, and none
 * of the others may have their names.
 */
export function addLines(headers: Headers, lines: string): void {
  (headers as WithLines)[LINES] = lines;
}

export const headersIn = (lines: string): Record<string, string> =>
  Object.fromEntries(
    lines
      .split('\r\n')
      .filter((line) => line !== '')
      .map((line) => line.split(': ') as [string, string]),
  );

/** Where a response of Node keeps its head until it is sent. */
const HEAD = '_header';

/** Node checks and writes each header apart, which takes ten times as long as to put lines behind them. */
export function writeHead(response: ServerResponse, status: number, headers: Headers): void {
  const lines = (headers as WithLines)[LINES];
  if (lines === undefined) return void response.writeHead(status, headers);
  const ofNode = response as ServerResponse & { [HEAD]?: string | null };
  if (ofNode[HEAD] !== null) return void response.writeHead(status, { ...headers, ...headersIn(lines) });
  response.writeHead(status, headers);
  const head: string = ofNode[HEAD] ?? '';
  ofNode[HEAD] = `${head.slice(0, -2)}${lines}\r\n`;
}
