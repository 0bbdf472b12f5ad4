import { useId, useState, type FormEvent } from 'react';
import { addModel, changeModel, removeModel } from '../../../api/entries.ts';
import type { ModelEntry } from '../../../api/types.ts';
import { useChange } from '../../../api/use-change.ts';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { Field, INPUT } from '../../../ui/field.tsx';
import { readTargets, targetsText } from './targets.ts';

interface Props {
  readonly before: ModelEntry | undefined;
  readonly onDone: (name: string | undefined) => void;
}

/** Adds a model, or changes the entry of one. */
export function ModelForm({ before, onDone }: Props) {
  const [name, setName] = useState(before?.name ?? '');
  const [targets, setTargets] = useState(() => targetsText(before?.entry));
  const [fallbacks, setFallbacks] = useState(
    ((before?.entry['fallbacks'] ?? []) as readonly string[]).join(', '),
  );
  const save = useChange<void, ModelEntry>({
    act: () => {
      const names = namesIn(fallbacks);
      const members = { targets: readTargets(targets, before?.entry) };
      if (before) return changeModel(before.name, { ...members, fallbacks: names.length > 0 ? names : null });
      return addModel({ name: name.trim(), ...members, ...(names.length > 0 && { fallbacks: names }) });
    },
    done: (done) => `${done.name} is ${before ? 'changed' : 'added'}`,
  });
  const remove = useChange({
    act: () => removeModel(before?.name ?? ''),
    done: () => `${before?.name} is removed`,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: (done) => onDone(done.name) });
  };
  const error = save.error ?? remove.error;
  return (
    <form onSubmit={submit} className="grid gap-4">
      {before === undefined && (
        <Field
          label="Name"
          required
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <TargetsField text={targets} change={setTargets} />
      <Field
        label="Fallbacks"
        spellCheck={false}
        value={fallbacks}
        onChange={(event) => setFallbacks(event.target.value)}
        hint="Other models for when no target can answer, with commas between them."
      />
      {error && (
        <p role="alert" className="whitespace-pre-wrap text-bad [overflow-wrap:anywhere]">
          {error.message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {before && (
          <Button
            look="danger"
            changes="the gateway"
            className="mr-auto"
            busy={remove.isPending}
            onClick={() => remove.mutate(undefined, { onSuccess: () => onDone(undefined) })}
          >
            Remove
          </Button>
        )}
        <Button type="submit" look="primary" changes="the gateway" busy={save.isPending}>
          {before ? 'Save' : 'Add'}
        </Button>
      </div>
    </form>
  );
}

const namesIn = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

interface TargetsProps {
  readonly text: string;
  readonly change: (text: string) => void;
}

function TargetsField({ text, change }: TargetsProps) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        Targets
      </label>
      <textarea
        id={id}
        rows={4}
        required
        spellCheck={false}
        value={text}
        placeholder={'groq/llama-3.1-8b-instant\ncerebras'}
        onChange={(event) => change(event.target.value)}
        aria-describedby={`${id}-hint`}
        className={classes(INPUT, 'h-auto w-full py-1.5 font-mono text-xs')}
      />
      <p id={`${id}-hint`} className="text-xs text-ink-soft">
        One a line: a provider, or provider/model where its name of the model is another.
      </p>
    </div>
  );
}
