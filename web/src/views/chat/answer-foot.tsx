import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { traceQuery } from '../../api/trace.ts';
import { count, duration, plural } from '../../format/numbers.ts';
import { copyText } from '../../shell/copy.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { askAgain } from './conversation/ask.ts';
import type { Answer, Turn } from './conversation/conversation.ts';
import { CopyAs } from './copy-as.tsx';
import { speed } from './speed.ts';

interface Props {
  readonly answer: Answer;
  readonly turn: Turn;
  readonly index: number;
}

/** Its numbers, its trace, and its actions. */
export function AnswerFoot({ answer, turn, index }: Props) {
  const { choice, firstToken, took, usage, pieces, requestId, text } = answer;
  // The chat works without it, where the gateway keeps no traces.
  const { data: trace } = useQuery({
    ...traceQuery(requestId ?? ''),
    enabled: requestId !== undefined,
    retry: false,
  });
  const counted = usage ?? trace?.usage;
  const { tokensPerSecond, isEstimated } = speed(answer, trace);
  return (
    <footer className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 border-t pt-1.5 text-xs text-ink-soft">
      <ul className="flex flex-wrap gap-x-3 gap-y-0.5">
        {firstToken !== undefined && <li>first token {duration(firstToken)}</li>}
        {tokensPerSecond !== undefined && (
          <li>
            {isEstimated && 'about '}
            {tokensPerSecond.toFixed(tokensPerSecond < 10 ? 1 : 0)} tokens/s
          </li>
        )}
        {counted ? (
          <li>
            {counted.estimated && 'about '}
            {count(counted.prompt)} + {plural(counted.completion, 'token')}
          </li>
        ) : (
          pieces > 0 && <li>{plural(pieces, 'chunk')}, tokens not reported</li>
        )}
        {took !== undefined && <li>{duration(took)} in total</li>}
        {requestId !== undefined && (
          <li>
            <Link to="/requests" search={{ id: requestId }} className="text-accent underline">
              Trace
            </Link>
          </li>
        )}
      </ul>
      <div className="ml-auto flex items-center">
        <IconButton
          small
          changes="a model"
          label="Ask again"
          onClick={() => askAgain(turn.id, index, choice)}
        >
          <Icon name="restart" />
        </IconButton>
        {text !== '' && (
          <IconButton small label="Copy the answer" onClick={() => void copyText(text)}>
            <Icon name="copy" />
          </IconButton>
        )}
        <CopyAs turnId={turn.id} index={index} choice={choice} />
      </div>
    </footer>
  );
}
