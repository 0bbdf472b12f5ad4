import { classes } from '../../ui/classes.ts';
import { Answer } from './answer.tsx';
import type { Turn as TurnData } from './conversation/conversation.ts';
import { Picture } from './picture.tsx';

/** A message and its answers: two are side by side where there is room. */
export function Turn({ turn }: { readonly turn: TurnData }) {
  const { text, pictures, answers } = turn;
  return (
    <section aria-label="Turn" className="grid grid-cols-[minmax(0,1fr)] gap-2.5">
      <div className="ml-auto grid max-w-[85%] gap-2 rounded-lg bg-accent-soft px-3 py-2">
        <h2 className="sr-only">You said</h2>
        {pictures.map((url, index) => (
          <Picture key={index} url={url} says="your picture" />
        ))}
        {text !== '' && (
          <p className="text-[0.875rem] leading-[1.375rem] [overflow-wrap:anywhere] whitespace-pre-wrap">
            {text}
          </p>
        )}
      </div>
      <div
        className={classes('grid grid-cols-[minmax(0,1fr)] gap-3', answers.length > 1 && 'md:grid-cols-2')}
      >
        {answers.map((answer, index) => (
          <Answer key={index} answer={answer} turn={turn} index={index} />
        ))}
      </div>
    </section>
  );
}
