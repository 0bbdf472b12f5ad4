import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { type Kind, type Members, testProvider } from '../../../api/entries.ts';
import type { ProviderEntry } from '../../../api/types.ts';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Select } from '../../../ui/select.tsx';
import { changedMembers, membersOf } from './members.ts';
import { MemberField } from './member-field.tsx';
import { TrialResult } from './trial-result.tsx';

interface Props {
  readonly kinds: readonly Kind[];
  /** undefined: a new one */
  readonly before: ProviderEntry | undefined;
  readonly isBusy: boolean;
  readonly error: string | undefined;
  readonly save: (name: string, members: Members) => void;
}

const COMMON = 'openai-compatible';

/** The form of a provider, made of the options of its kind. */
export function ProviderForm({ kinds, before, isBusy, error, save }: Props) {
  const [use, setUse] = useState(before?.use ?? COMMON);
  const [name, setName] = useState(before?.name ?? '');
  const [draft, setDraft] = useState<Members>({});
  const test = useMutation({ mutationFn: testProvider, gcTime: 0 });
  const kind = kinds.find((one) => one.name === use) ?? kinds[0];
  if (!kind) return null;
  const entry: Members = before?.entry ?? {};
  const { first, more } = membersOf(kind);
  const changed = changedMembers(draft, entry);
  const members = before ? changed : { use, ...withoutNull(changed) };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save(name.trim(), members);
  };
  const field = ([member, schema]: (typeof first)[number]) => (
    <MemberField
      key={`${use} ${member}`}
      name={member}
      schema={schema}
      value={member in draft ? draft[member] : schema.format === 'secret' ? undefined : entry[member]}
      isRequired={kind.options.required?.includes(member) === true}
      isSet={entry[member] !== undefined}
      change={(value) => setDraft((now) => ({ ...now, [member]: value }))}
    />
  );
  return (
    <form onSubmit={submit} className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
      {before === undefined && (
        <>
          <KindField
            kinds={kinds}
            kind={kind}
            change={(next) => {
              setUse(next);
              setDraft({});
              if (name === '' || kinds.some((one) => one.name === name)) setName(next === COMMON ? '' : next);
            }}
          />
          <Field
            label="Name"
            required
            spellCheck={false}
            value={name}
            onChange={(event) => setName(event.target.value)}
            hint="How it is called here, such as lab."
          />
        </>
      )}
      {first.map(field)}
      {more.length > 0 && (
        <details className="sm:col-span-2">
          <summary className="cursor-pointer font-medium">More options</summary>
          <div className="mt-3 grid gap-x-6 gap-y-4 sm:grid-cols-2">{more.map(field)}</div>
        </details>
      )}
      {test.data && <TrialResult trial={test.data} />}
      {(error ?? test.error?.message) !== undefined && (
        <p role="alert" className="whitespace-pre-wrap text-bad [overflow-wrap:anywhere] sm:col-span-2">
          {error ?? test.error?.message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2 sm:col-span-2">
        <Button
          changes="the gateway"
          busy={test.isPending}
          disabled={name.trim() === ''}
          onClick={() => test.mutate({ name: name.trim(), ...members })}
        >
          <Icon name="test" />
          Test
        </Button>
        <Button
          type="submit"
          look="primary"
          changes="the gateway"
          busy={isBusy}
          disabled={before !== undefined && Object.keys(changed).length === 0}
        >
          {before ? 'Save' : 'Add'}
        </Button>
      </div>
    </form>
  );
}

interface KindProps {
  readonly kinds: readonly Kind[];
  readonly kind: Kind;
  readonly change: (use: string) => void;
}

function KindField({ kinds, kind: { name, keyFrom }, change }: KindProps) {
  return (
    <div className="grid content-start gap-1">
      <span className="font-medium">Kind</span>
      <Select
        label="Kind"
        value={name}
        onChange={change}
        choices={kinds.toSorted(byUse).map((one) => ({ value: one.name, label: one.name }))}
      />
      {keyFrom.length > 0 && (
        <p className="text-xs text-ink-soft">Without a key here, {keyFrom.join(' or ')} counts.</p>
      )}
    </div>
  );
}

/** APIs before programs. */
const byUse = (one: Kind, other: Kind): number =>
  Number(one.kind === 'program') - Number(other.kind === 'program') ||
  one.name.localeCompare(other.name, 'en', { sensitivity: 'base' });

const withoutNull = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
