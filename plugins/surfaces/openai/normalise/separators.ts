import type { ReasoningForm } from '../../../../core/contracts/index.ts';
import { ReasoningBlock } from './reasoning-block.ts';
import { ThinkEachDelta } from './think-each-delta.ts';
import { Unquoted } from './unquoted.ts';
import type { Separator } from './separator.ts';

const MAKERS: Readonly<Record<ReasoningForm, (() => Separator) | undefined>> = {
  'think-tags': () => new ReasoningBlock({ open: '<think', close: '</think>', again: '<think>' }),
  'think-each-delta': () => new ThinkEachDelta(),
  'details-tags': () =>
    new ReasoningBlock({
      open: '<details type="reasoning"',
      close: '</details>',
      title: { open: '<summary>', close: '</summary>' },
      clean: new Unquoted(),
    }),
  'thinking-delta': undefined,
};

/** For reasoning that stands in the content, one for each form it may have. */
export const separatorsFor = (forms: readonly ReasoningForm[] = []): Separator[] =>
  forms.flatMap((form) => MAKERS[form]?.() ?? []);
