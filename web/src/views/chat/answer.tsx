import { lazy, Suspense } from 'react';
import { classes } from '../../ui/classes.ts';
import { Icon } from '../../ui/icon.tsx';
import { AnswerHead } from './answer-head.tsx';
import { AnswerFoot } from './answer-foot.tsx';
import { choiceWords, isOpen, type Answer as AnswerData, type Turn } from './conversation/conversation.ts';
import { Picture } from './picture.tsx';
import { Reasoning } from './reasoning.tsx';
import { ToolCalls } from './tool-calls.tsx';

// Only the chat needs it.
const Markdown = lazy(() => import('./markdown/markdown.tsx'));

interface Props {
  readonly answer: AnswerData;
  readonly turn: Turn;
  readonly index: number;
}

/** One answer: its model, the text so far, its end, and its numbers. */
export function Answer({ answer, turn, index }: Props) {
  const { choice, state, text, reasoning, pictures, toolCalls } = answer;
  return (
    <article
      aria-label={`Answer of ${choiceWords(choice)}`}
      aria-busy={isOpen(answer)}
      className={classes(
        'grid min-w-0 content-start gap-2.5 rounded-lg border bg-raised px-3 py-2.5',
        state === 'failed' && 'border-bad/60',
      )}
    >
      <AnswerHead answer={answer} />
      {reasoning !== '' && <Reasoning text={reasoning} isOpen={isOpen(answer) && text === ''} />}
      {text !== '' && (
        <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
          <Markdown text={text} />
        </Suspense>
      )}
      {pictures.map((url, at) => (
        <Picture key={at} url={url} />
      ))}
      {toolCalls.length > 0 && <ToolCalls calls={toolCalls} />}
      <Ending answer={answer} />
      {!isOpen(answer) && <AnswerFoot answer={answer} turn={turn} index={index} />}
    </article>
  );
}

/** The reason, where it did not reach its own end. */
function Ending({ answer }: { readonly answer: AnswerData }) {
  const { state, error, finish, text, pieces } = answer;
  if (state === 'stopped')
    return <p className="text-ink-soft">{pieces === 0 ? 'Stopped before it started.' : 'Stopped here.'}</p>;
  if (state === 'failed')
    return (
      <div role="alert" className="flex items-start gap-2 rounded-md bg-bad-soft px-3 py-2 text-bad">
        <Icon name="warning" className="mt-0.5" />
        <div className="min-w-0 [overflow-wrap:anywhere]">
          <p className="font-semibold">
            {pieces === 0 ? 'No answer' : 'The answer broke off here; the text above is what arrived'}
            {error?.status !== undefined && ` (${error.status})`}
          </p>
          <p>{error?.message}</p>
          {error?.code !== undefined && <p className="font-mono text-xs">{error.code}</p>}
        </div>
      </div>
    );
  if (finish === 'length') return <p className="text-warn">Cut off at the token limit.</p>;
  if (finish === 'content_filter')
    return <p className="text-warn">Ended by the provider’s content filter.</p>;
  if (state === 'complete' && text === '' && pieces === 0)
    return <p className="text-ink-soft">The answer is empty.</p>;
  return null;
}
