/** One server-sent event before it is written: an optional event name and its data. */
export interface Frame {
  readonly event?: string;
  readonly data: string;
}

/** How a frame is written: how lines end and what stands after the field's colon. */
export interface Writing {
  readonly eol?: string;
  readonly space?: string;
}

/** Writes one event; data of several lines becomes several `data` fields, as the HTML standard has it. */
export function encode({ event, data }: Frame, { eol = '\n', space = ' ' }: Writing = {}): string {
  const lines = data.split('\n').map((line) => `data:${space}${line}`);
  if (event !== undefined) lines.unshift(`event:${space}${event}`);
  return lines.join(eol) + eol + eol;
}
