import type { Quirks } from '../contracts/index.ts';

/** Whether a provider's answers are read and written again; else they pass byte for byte. */
export const isRewritten = ({ tidy, reasoning, ends, failureTexts, usage }: Quirks): boolean =>
  tidy === true || [reasoning, ends, failureTexts, usage].some((quirk) => quirk !== undefined);
