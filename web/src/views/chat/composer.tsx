import { useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { useWhyNot } from '../../api/role.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say, stopAll } from './conversation/ask.ts';
import { Attached } from './attached.tsx';
import { readPictures } from './pictures.ts';
import { useDropped } from './use-dropped.ts';

interface Props {
  readonly isAnswering: boolean;
  /** how to ask */
  readonly settings: React.ReactNode;
  /** which models to ask */
  readonly children: React.ReactNode;
}

/** The next message: text, and pictures by paste, drop or choice. */
export function Composer({ isAnswering, settings, children }: Props) {
  const [text, setText] = useState('');
  const [pictures, setPictures] = useState<readonly string[]>([]);
  const chooser = useRef<HTMLInputElement>(null);
  const attach = async (files: Iterable<File>): Promise<void> => {
    const read = await readPictures(files);
    setPictures((before) => [...before, ...read]);
  };
  const isDraggedOver = useDropped((files) => void attach(files));
  const whyNot = useWhyNot('a model');
  const canSend = !isAnswering && whyNot === undefined && (text.trim() !== '' || pictures.length > 0);
  const send = (): void => {
    if (!canSend) return;
    say(text.trim(), pictures);
    setText('');
    setPictures([]);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    // What runs is known before the next frame shows it.
    if (event.key === 'Escape') stopAll();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    send();
  };
  const paste = (event: ClipboardEvent): void => {
    const { files } = event.clipboardData;
    if (files.length === 0) return;
    event.preventDefault();
    void attach(files);
  };
  return (
    <form
      aria-label="New message"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-xl border border-line-strong/60 bg-raised p-2 shadow-lift focus-within:border-accent"
    >
      {isDraggedOver && <p className="rounded-md bg-accent-soft px-3 py-2">Drop pictures here.</p>}
      <Attached
        pictures={pictures}
        remove={(index) => setPictures(pictures.filter((_, at) => at !== index))}
      />
      <textarea
        aria-label="Message"
        placeholder="Message … (Enter sends, Shift + Enter starts a new line)"
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={press}
        onPaste={paste}
        className="field-sizing-content max-h-[40dvh] min-h-12 w-full resize-none bg-transparent px-1.5 py-1 text-[0.875rem] leading-[1.375rem] outline-none placeholder:text-ink-faint"
      />
      <div className="flex flex-wrap items-center gap-1.5">
        {children}
        <div className="ml-auto flex shrink-0 items-center gap-1.5">
          {settings}
          <input
            ref={chooser}
            type="file"
            accept="image/*"
            multiple
            tabIndex={-1}
            aria-label="Pictures"
            className="sr-only"
            onChange={({ currentTarget }) => {
              void attach([...(currentTarget.files ?? [])]);
              currentTarget.value = '';
            }}
          />
          <IconButton label="Attach pictures" onClick={() => chooser.current?.click()}>
            <Icon name="picture" />
          </IconButton>
          {isAnswering ? (
            <Button look="danger" onClick={stopAll}>
              <Icon name="stop" />
              Stop
            </Button>
          ) : (
            <Button
              type="submit"
              look="primary"
              changes="a model"
              disabled={!canSend && whyNot === undefined}
            >
              Send
            </Button>
          )}
        </div>
      </div>
    </form>
  );
}
