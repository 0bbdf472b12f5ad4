import { useSyncExternalStore } from 'react';
import type { Answer, Conversation } from './conversation.ts';
import { keep, readKept } from './keep.ts';

/** ms; an answer that streams changes with each frame */
const KEPT_EVERY = 500;
const listeners = new Set<() => void>();
let conversation: Conversation = readKept();
let isTold = true;
let keeping: ReturnType<typeof setTimeout> | undefined;

// Kept outside the view: an answer goes on while another view is open.
export const currentConversation = (): Conversation => conversation;

export const useConversation = (): Conversation => useSyncExternalStore(subscribe, currentConversation);

export function change(to: (before: Conversation) => Conversation): void {
  conversation = to(conversation);
  keeping ??= setTimeout(keepNow, KEPT_EVERY);
  tell();
}

export function changeAnswer(turnId: string, index: number, to: (before: Answer) => Answer): void {
  change((before) => ({
    ...before,
    turns: before.turns.map((turn) =>
      turn.id === turnId
        ? { ...turn, answers: turn.answers.map((answer, at) => (at === index ? to(answer) : answer)) }
        : turn,
    ),
  }));
}

window.addEventListener('pagehide', keepNow);

function keepNow(): void {
  clearTimeout(keeping);
  keeping = undefined;
  keep(conversation);
}

/** Once per frame at most: fast answers come in more pieces than that. */
function tell(): void {
  if (!isTold) return;
  isTold = false;
  const now = (): void => {
    isTold = true;
    for (const listener of listeners) listener();
  };
  // A hidden tab gets no frames.
  if (document.hidden) setTimeout(now, 250);
  else requestAnimationFrame(now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
