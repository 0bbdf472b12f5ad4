import { isOpen, nothingSaid, type Answer, type Conversation } from './conversation.ts';

const NAME = 'switchyard.chat';

/** The tab's stored conversation. Answers that were streaming ended with the page. */
export function readKept(): Conversation {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? 'null') as Partial<Conversation> | null;
    if (!kept?.turns || !kept.choices?.length) return nothingSaid;
    const turns = kept.turns.map((turn) => ({ ...turn, answers: turn.answers.map(ended) }));
    return { ...nothingSaid, ...kept, turns };
  } catch {
    return nothingSaid;
  }
}

/** Stores it for the tab; without its pictures where they are too large for the browser. */
export function keep(conversation: Conversation): void {
  for (const one of [conversation, withoutPictures(conversation)]) {
    try {
      sessionStorage.setItem(NAME, JSON.stringify(one));
      return;
    } catch {
      // Too large: the next one is smaller.
    }
  }
}

const ended = (answer: Answer): Answer => (isOpen(answer) ? { ...answer, state: 'stopped' } : answer);

function withoutPictures(conversation: Conversation): Conversation {
  const turns = conversation.turns.map((turn) => ({
    ...turn,
    pictures: [],
    answers: turn.answers.map((answer) => ({ ...answer, pictures: [] })),
  }));
  return { ...conversation, turns };
}
