import { useKey } from '../../api/key.ts';
import { copyText } from '../../shell/copy.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import type { Choice } from './conversation/conversation.ts';
import { requestFor } from './conversation/request.ts';
import { currentConversation } from './conversation/store.ts';
import { LANGUAGES, snippet, type Language } from './snippets.ts';

interface Props {
  readonly turnId: string;
  readonly index: number;
  readonly choice: Choice;
}

/** The request of an answer, as code for other clients. */
export function CopyAs({ turnId, index, choice }: Props) {
  const { key } = useKey();
  const copy = (language: Language): void => {
    const conversation = currentConversation();
    const at = conversation.turns.findIndex(({ id }) => id === turnId);
    const upTo = { ...conversation, turns: conversation.turns.slice(0, at + 1) };
    const text = snippet(language, requestFor(choice, upTo, index), key !== undefined);
    void copyText(text, `Copied as ${language}`);
  };
  return (
    <Menu
      trigger={
        <IconButton small label="Copy the request as …">
          <Icon name="more" />
        </IconButton>
      }
      items={LANGUAGES.map((language) => ({
        label: `Copy as ${language}`,
        icon: <Icon name="copy" />,
        onSelect: () => copy(language),
      }))}
    />
  );
}
