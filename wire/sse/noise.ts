/** Within so many bytes an event that names itself first comes to its data, and a comment to its end. */
const [BEGINNING, SHORT] = [1024, 256];
const DATA = /(?:^|[\r\n])data:[ \t]*[^\s]/;
const COMMENTS = /^(?::[^\r\n]*[\r\n]+)+$/;
const [COLON, D, SPACE] = [0x3a, 0x64, 0x20];

/**
 * Whether a run of whole events is none of an answer: comments, blank lines, events without data. A server that is stuck
 * may send them for ever.
 */
export function isNoise(run: Buffer): boolean {
  // What nearly every run is: 'data: {' or 'data:{'.
  if (run[0] === D && (run[6] as number) > SPACE) return false;
  return !DATA.test(run.toString('latin1', 0, run[0] === COLON ? run.length : BEGINNING));
}

/**
 * The same of an event whose end has not come.
 * @param start its first piece so far
 * @param chunk what came last of it
 */
export function isComment(start: Buffer | undefined, length: number, chunk: Buffer): boolean {
  return start?.[0] === COLON && (length <= SHORT || COMMENTS.test(chunk.toString('latin1')));
}
