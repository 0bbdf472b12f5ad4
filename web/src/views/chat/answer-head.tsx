import { Link } from '@tanstack/react-router';
import { Lamp, Tag } from '../../ui/signal.tsx';
import { choiceWords, isOpen, type Answer } from './conversation/conversation.ts';

/** The requested model, and the one that answers. */
export function AnswerHead({ answer }: { readonly answer: Answer }) {
  const { choice, provider, model, attempts = 1 } = answer;
  return (
    <header className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-soft">
      {isOpen(answer) && <Lamp tone="busy" />}
      {provider === undefined ? (
        <span>
          {isOpen(answer) ? 'Waiting for ' : ''}
          <strong className="font-semibold text-ink">{choiceWords(choice)}</strong>
        </span>
      ) : (
        <span>
          <Link
            to="/providers"
            search={{ name: provider }}
            className="font-semibold text-ink hover:underline"
          >
            {provider}
          </Link>
          {' · '}
          <span className="font-mono">{model}</span>
        </span>
      )}
      {attempts > 1 && <Tag tone="warn">{attempts} tries</Tag>}
    </header>
  );
}
