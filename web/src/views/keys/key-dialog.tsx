import { useState, type FormEvent } from 'react';
import { changeKey, makeKey } from '../../api/callers.ts';
import type { CallerKey, MadeKey } from '../../api/types.ts';
import { useChange } from '../../api/use-change.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import { draftOf, LIMITS, traitsOf, type Draft } from './draft.ts';

interface Props {
  /** undefined: a new one */
  readonly before: CallerKey | undefined;
  /** no key is there yet */
  readonly isFirst: boolean;
  readonly onClose: () => void;
  readonly onMade: (made: MadeKey) => void;
}

const ROLES = [
  { value: 'caller', label: 'caller: calls models' },
  { value: 'viewer', label: 'viewer: sees everything, changes nothing' },
  { value: 'admin', label: 'admin: does everything' },
];

/** Makes a key, or changes one. */
export function KeyDialog({ before, isFirst, onClose, onMade }: Props) {
  const [draft, setDraft] = useState(() => draftOf(before, isFirst));
  const save = useChange<Draft, MadeKey | CallerKey>({
    act: (asked) =>
      before ? changeKey(before.name, traitsOf(asked, before)) : makeKey(traitsOf(asked, undefined)),
    done: ({ name }) => `${name} is ${before ? 'changed' : 'made'}`,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(draft, {
      onSuccess: (done) => {
        if (before) onClose();
        else onMade(done as MadeKey);
      },
    });
  };
  const field = (name: Exclude<keyof Draft, 'limits' | 'role'>, label: string, hint?: string) => (
    <Field
      label={label}
      value={draft[name]}
      spellCheck={false}
      required={name === 'name'}
      type={name === 'expires' ? 'date' : 'text'}
      onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
      {...(hint !== undefined && { hint })}
      error={
        save.error && 'param' in save.error && save.error.param === name ? save.error.message : undefined
      }
    />
  );
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      kind="sheet"
      title={before ? `Edit ${before.name}` : 'New key'}
      {...(isFirst && {
        description: 'The first key must be an admin’s. From then on every request must send a key.',
      })}
    >
      <form onSubmit={submit} className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
        {field('name', 'Name')}
        <div className="grid content-start gap-1">
          <span className="font-medium">Role</span>
          <Select
            label="Role"
            value={draft.role}
            onChange={(role) => setDraft({ ...draft, role })}
            choices={ROLES}
          />
        </div>
        {field('owner', 'Owner')}
        {field('labels', 'Labels', 'With commas between them.')}
        {field('models', 'Models', 'The names that it may ask for; * stands for any text.')}
        {field('providers', 'Providers', 'The ones that may answer it; * stands for any text.')}
        {field('expires', 'Valid until', 'Empty: always.')}
        <Limits
          limits={draft.limits}
          change={(path, text) => setDraft({ ...draft, limits: { ...draft.limits, [path]: text } })}
        />
        {save.error && (
          <p role="alert" className="text-bad [overflow-wrap:anywhere] sm:col-span-2">
            {save.error.message}
          </p>
        )}
        <div className="flex justify-end gap-2 sm:col-span-2">
          <Button type="submit" look="primary" changes="the gateway" busy={save.isPending}>
            {before ? 'Save' : 'Make the key'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface LimitsProps {
  readonly limits: Draft['limits'];
  readonly change: (path: string, text: string) => void;
}

function Limits({ limits, change }: LimitsProps) {
  return (
    <fieldset className="grid gap-3 sm:col-span-2">
      <legend className="font-medium">Limits</legend>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {LIMITS.map(([path, label]) => (
          <Field
            key={path}
            label={label}
            inputMode="decimal"
            placeholder="none"
            value={limits[path] ?? ''}
            onChange={(event) => change(path, event.target.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}
