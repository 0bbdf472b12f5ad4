import type { UsageLine } from '../../api/types.ts';
import { dollars } from '../../format/money.ts';
import { plural } from '../../format/numbers.ts';

/** A cost in words, with the part that is not known. */
export function money({ reported, estimated, unpriced }: UsageLine['cost']): {
  readonly value: string;
  readonly more: string;
} {
  const more = [
    ...(estimated ? [`${dollars(estimated)} more estimated`] : []),
    ...(unpriced > 0 ? [`${plural(unpriced, 'request')} without a known price`] : []),
  ];
  return { value: dollars(reported), more: more.join(', ') };
}
