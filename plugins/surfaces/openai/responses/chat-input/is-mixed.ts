/** Whether a chat has tools or blocks of other APIs in it. Cursor alone is known to write so, and its bodies alone are scanned. */
export const isMixed = (agent: string | undefined, body: Buffer): boolean =>
  agent !== undefined && /^cursor\//i.test(agent) && SIGNS.some((sign) => body.includes(sign));

const SIGNS = ['"input_schema"', '"tool_use_id"', '"tool_use"', '"custom"'];
