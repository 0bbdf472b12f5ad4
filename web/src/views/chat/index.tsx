import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { classes } from '../../ui/classes.ts';
import { Empty } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { Composer } from './composer.tsx';
import { newChat } from './conversation/ask.ts';
import { AUTO, isAnswering, type Choice, type Conversation } from './conversation/conversation.ts';
import { change, useConversation } from './conversation/store.ts';
import { Picker } from './picker/picker.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { Turn } from './turn.tsx';
import { useStickToEnd } from './use-stick-to-end.ts';

/** A chat with any model or provider, or with two side by side. */
export default function ChatView() {
  const conversation = useConversation();
  const { turns, choices, system, members } = conversation;
  const [isSetting, setSetting] = useState(false);
  const choose = useChoices();
  const isBusy = isAnswering(conversation);
  useStickToEnd(turns);
  return (
    <div
      className={classes(
        'mx-auto flex min-h-[calc(100dvh-9.5rem)] w-full flex-col md:min-h-[calc(100dvh-2.5rem)]',
        // A line that is too long is hard to read.
        turns.every(({ answers }) => answers.length === 1) && choices.length === 1 && 'max-w-[60rem]',
      )}
    >
      <ViewHeader
        title="Chat"
        actions={
          <>
            <Button aria-pressed={choices.length > 1} onClick={() => choose.compare(choices.length === 1)}>
              Side by side
            </Button>
            <Button disabled={turns.length === 0} onClick={newChat}>
              New chat
            </Button>
          </>
        }
      />
      <div className="grid flex-1 grid-cols-[minmax(0,1fr)] content-start gap-5 pb-4">
        {turns.map((turn) => (
          <Turn key={turn.id} turn={turn} />
        ))}
        {turns.length === 0 && (
          <Empty title="No messages yet.">
            Each answer shows its provider, its speed, and a link to its trace. “auto” is the first model that
            is likely to chat.
          </Empty>
        )}
      </div>
      <p role="status" className="sr-only">
        {statusOf(conversation)}
      </p>
      <div className="sticky -bottom-4 -mb-4 bg-ground pb-4 md:-bottom-5 md:-mb-5 md:pb-5">
        <Composer
          isAnswering={isBusy}
          settings={
            <IconButton
              label={system === '' && members === '' ? 'Settings' : 'Settings (changed)'}
              look={system === '' && members === '' ? 'quiet' : 'plain'}
              onClick={() => setSetting(true)}
            >
              <Icon name="sliders" />
            </IconButton>
          }
        >
          {choices.map((choice, index) => (
            <Picker
              key={index}
              label={choices.length === 1 ? 'Model' : index === 0 ? 'Model, left' : 'Model, right'}
              choice={choice}
              onChoose={(next) => choose.at(index, next)}
            />
          ))}
        </Composer>
      </div>
      <SettingsDialog open={isSetting} onClose={() => setSetting(false)} system={system} members={members} />
    </div>
  );
}

/** The first choice is in the URL too, so that a link can name it. */
function useChoices() {
  const { model, provider } = useSearch({ from: '/chat' });
  const navigate = useNavigate({ from: '/chat' });
  useEffect(() => {
    if (model === undefined && provider === undefined) return;
    const choice: Choice = { model: model ?? AUTO.model, provider: provider ?? '' };
    change((before) => ({ ...before, choices: before.choices.with(0, choice) }));
  }, [model, provider]);
  return {
    at(index: number, choice: Choice): void {
      change((before) => ({ ...before, choices: before.choices.with(index, choice) }));
      if (index === 0) void navigate({ search: { ...choice }, replace: true });
    },
    compare(isWanted: boolean): void {
      change((before) => {
        const [first = AUTO] = before.choices;
        return { ...before, choices: isWanted ? [first, AUTO] : [first] };
      });
    },
  };
}

/** For screen readers: not each word, but the begin and the end of an answer. */
function statusOf(conversation: Conversation): string {
  const answers = conversation.turns.at(-1)?.answers ?? [];
  if (answers.length === 0) return '';
  if (isAnswering(conversation)) return 'Answering.';
  return answers
    .map(
      ({ state, provider }) =>
        `${provider ?? 'No provider'}: ${state === 'complete' ? 'answer complete' : state}.`,
    )
    .join(' ');
}
