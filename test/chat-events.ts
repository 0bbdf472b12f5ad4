/** Events of a chat stream as an upstream sends them. */
export const DONE = 'data: [DONE]\n\n';

export const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** A chunk with content; `more` are members beside its choices. */
export const chunk = (content: string, finish: string | null = null, more = {}): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: finish }], ...more });
