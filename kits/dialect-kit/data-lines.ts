const [NEWLINE, RETURN, LETTER_D] = ['\n', '\r', 0x64];

/**
 * How many `data:` lines some whole events have, where each passes a test; allocates nothing.
 * @returns -1 where one does not, or where lines end in bare carriage returns, which are too rare to support here
 */
export function dataLines(
  events: string,
  test: (events: string, start: number, end: number) => boolean,
): number {
  let lines = 0;
  for (let start = 0, end = 0; start < events.length; start = end + 1) {
    end = events.indexOf(NEWLINE, start);
    if (end === -1) {
      if (events.indexOf(RETURN, start) !== -1) return -1;
      end = events.length;
    }
    if (events.charCodeAt(start) !== LETTER_D) continue;
    if (!test(events, start, end)) return -1;
    lines += 1;
  }
  return lines;
}
