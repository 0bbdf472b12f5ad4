import { useId, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { INPUT } from '../../ui/field.tsx';
import { classes } from '../../ui/classes.ts';
import type { Conversation } from './conversation/conversation.ts';
import { readMembers } from './conversation/request.ts';
import { change } from './conversation/store.ts';

interface Props extends Pick<Conversation, 'system' | 'members'> {
  readonly open: boolean;
  readonly onClose: () => void;
}

const EXAMPLE = '{ "temperature": 0.2, "tools": [ … ] }';
const AREA = classes(INPUT, 'h-auto w-full py-1.5');

/** Members of each request: a system message, and any others that the API takes. */
export function SettingsDialog({ open, onClose, system, members }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => next || onClose()}
      title="Settings"
      description="Sent with each request from now on, until this tab is closed."
    >
      <Form system={system} members={members} onClose={onClose} />
    </Dialog>
  );
}

function Form({ onClose, ...kept }: Omit<Props, 'open'>) {
  const id = useId();
  const [system, setSystem] = useState(kept.system);
  const [members, setMembers] = useState(kept.members);
  const mistake = mistakeIn(members);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (mistake !== undefined) return;
        change((before) => ({ ...before, system, members }));
        onClose();
      }}
    >
      <div className="grid gap-1">
        <label htmlFor={`${id}-system`} className="font-medium">
          System message
        </label>
        <textarea
          id={`${id}-system`}
          rows={3}
          value={system}
          onChange={(event) => setSystem(event.target.value)}
          className={AREA}
        />
      </div>
      <div className="grid gap-1">
        <label htmlFor={`${id}-members`} className="font-medium">
          More request fields, as JSON
        </label>
        <textarea
          id={`${id}-members`}
          rows={6}
          spellCheck={false}
          placeholder={EXAMPLE}
          value={members}
          onChange={(event) => setMembers(event.target.value)}
          aria-invalid={mistake !== undefined || undefined}
          aria-describedby={`${id}-told`}
          className={classes(AREA, 'font-mono text-xs')}
        />
        <p
          id={`${id}-told`}
          className={classes('text-xs', mistake === undefined ? 'text-ink-soft' : 'text-bad')}
        >
          {mistake ?? 'Such as temperature, max_tokens, tools or response_format.'}
        </p>
      </div>
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={mistake !== undefined}>
          Save
        </Button>
      </div>
    </form>
  );
}

function mistakeIn(members: string): string | undefined {
  try {
    readMembers(members);
    return undefined;
  } catch (error) {
    return `This is not JSON: ${(error as Error).message}`;
  }
}
