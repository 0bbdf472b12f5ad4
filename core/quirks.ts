import type { Quirks } from './contracts.ts';

/** Whether a provider's answers are read and written anew; else they pass byte for byte. */
export const isRewritten = ({ tidy, reasoning, ends, failureTexts }: Quirks): boolean =>
  tidy === true || reasoning !== undefined || ends !== undefined || failureTexts !== undefined;
