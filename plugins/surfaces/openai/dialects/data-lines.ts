const [NEWLINE, RETURN, LETTER_D] = [0x0a, 0x0d, 0x64];

/**
 * Whether each `data:` line of some whole events passes a test on its bytes; allocates nothing.
 * False where lines end by carriage returns alone: too rare to be read here.
 */
export function everyDataLine(
  events: Buffer,
  test: (events: Buffer, start: number, end: number) => boolean,
): boolean {
  for (let start = 0, end = 0; start < events.length; start = end + 1) {
    end = events.indexOf(NEWLINE, start);
    if (end === -1) {
      if (events.indexOf(RETURN, start) !== -1) return false;
      end = events.length;
    }
    if (events[start] === LETTER_D && !test(events, start, end)) return false;
  }
  return true;
}
