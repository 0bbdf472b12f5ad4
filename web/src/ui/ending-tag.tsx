import type { RequestSummary } from '../api/types.ts';
import { endingWords } from '../format/words.ts';
import { Tag } from './signal.tsx';
import type { Tone } from './tone.ts';

/** How a request ended: its status, and the word where it is not a plain success. */
export function EndingTag({ status, ending }: Pick<RequestSummary, 'status' | 'ending'>) {
  if (ending === null) return <Tag tone="busy">running</Tag>;
  const words = [status, ending === 'complete' ? undefined : endingWords(ending)].filter(
    (word) => word != null,
  );
  return <Tag tone={toneOfEnding(status, ending)}>{words.join(' ')}</Tag>;
}

function toneOfEnding(status: number | null, ending: RequestSummary['ending']): Tone {
  if (ending === null) return 'busy';
  if (ending === 'left') return 'off';
  if (ending === 'complete') return 'well';
  return status !== null && status >= 400 && status < 500 ? 'warn' : 'bad';
}
