/** Bytes within which an event that begins with another field has its data, and a comment its end. */
const [BEGINNING, SHORT] = [1024, 256];
const DATA = /(?:^|[\r\n])data:[ \t]*[^\s]/;
const COMMENTS = /^(?::[^\r\n]*[\r\n]+)+$/;
const [COLON, D, SPACE] = [0x3a, 0x64, 0x20];

/**
 * Whether a run of whole events carries nothing: comments, blank lines, events without data. A stuck server may send
 * them for ever.
 */
export function isNoise(run: Buffer): boolean {
  // Nearly every run begins with 'data: {' or 'data:{'.
  if (run[0] === D && (run[6] as number) > SPACE) return false;
  return !DATA.test(run.toString('latin1', 0, run[0] === COLON ? run.length : BEGINNING));
}

/**
 * The same for an event that has not ended.
 * @param start its first piece so far
 * @param chunk its last piece
 */
export function isComment(start: Buffer | undefined, length: number, chunk: Buffer): boolean {
  return start?.[0] === COLON && (length <= SHORT || COMMENTS.test(chunk.toString('latin1')));
}
