import { stringOf } from '../../../kits/dialect-kit/json.ts';

/** What Google's own tools run and return has no place in chat but the text. */
export const fenced = (language: string, text: unknown): string =>
  `\n\`\`\`${language}\n${stringOf(text).trimEnd()}\n\`\`\`\n`;
