const CONTENT = Buffer.from('"content"');
const ERROR = Buffer.from('"error"');
const QUOTE = 0x22;

/** Whether a chat completion has text and no member or value that could be an error: two scans instead of a parse. */
export function isPlainText(answer: Buffer): boolean {
  const content = answer.indexOf(CONTENT);
  if (content < 0) return false;
  let at = content + CONTENT.length;
  while (answer[at] === 0x20 || answer[at] === 0x3a) at++;
  return answer[at] === QUOTE && answer[at + 1] !== QUOTE && answer.indexOf(ERROR) < 0;
}
