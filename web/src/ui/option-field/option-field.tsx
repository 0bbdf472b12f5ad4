import { useId, useState } from 'react';
import type { Schema, Strategy } from '../../api/balancing.ts';
import { classes } from '../classes.ts';
import { INPUT } from '../field.tsx';
import { Marked } from '../marked.tsx';
import { Select } from '../select.tsx';
import { formOf, readOption, writeOption } from './option-text.ts';
import { StrategyFields } from './strategy-fields.tsx';

interface Props {
  readonly name: string;
  readonly schema: Schema;
  readonly value: unknown;
  readonly strategies: readonly Strategy[];
  /** undefined: not set */
  readonly change: (value: unknown) => void;
}

/** One option, as its schema's kind of input. */
export function OptionField({ name, schema, value, strategies, change }: Props) {
  const form = formOf(schema);
  if (form === 'strategy') return <Nested {...{ name, schema, value, strategies, change }} />;
  if (form === 'choice') return <OneOf {...{ name, schema, value, change }} />;
  if (form === 'boolean') return <Switch {...{ name, schema, value, change }} />;
  return <Written {...{ name, schema, value, change }} />;
}

type Plain = Omit<Props, 'strategies'>;

/** Numbers, texts, durations, lists and whole objects: as text, checked by the gateway. */
function Written({ name, schema, value, change }: Plain) {
  const id = useId();
  const form = formOf(schema);
  const [typed, setTyped] = useState(() => writeOption(form, value));
  const read = readOption(form, typed);
  const Control = form === 'list' || form === 'json' ? 'textarea' : 'input';
  return (
    <div className={classes('grid content-start gap-1', Control === 'textarea' && 'sm:col-span-2')}>
      <label htmlFor={id} className="font-medium">
        {name}
      </label>
      <Control
        id={id}
        spellCheck={false}
        inputMode={form === 'number' ? 'decimal' : 'text'}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = readOption(form, event.target.value);
          if (next.mistake === undefined) change(next.value);
        }}
        {...(Control === 'textarea' ? { rows: form === 'json' ? 5 : 3 } : {})}
        aria-invalid={read.mistake !== undefined || undefined}
        aria-describedby={`${id}-told`}
        className={classes(
          INPUT,
          Control === 'textarea' ? 'h-auto py-1.5 font-mono text-xs' : 'max-w-48',
          'w-full',
        )}
      />
      <p
        id={`${id}-told`}
        className={classes('text-xs', read.mistake === undefined ? 'text-ink-soft' : 'text-bad')}
      >
        {read.mistake ?? <Hint schema={schema} />}
      </p>
    </div>
  );
}

function Switch({ name, schema, value, change }: Plain) {
  const id = useId();
  return (
    <div className="grid content-start gap-1">
      <label className="flex items-center gap-2 font-medium">
        <input
          type="checkbox"
          checked={value === true}
          aria-describedby={`${id}-told`}
          onChange={(event) => change(event.target.checked)}
        />
        {name}
      </label>
      <p id={`${id}-told`} className="text-xs text-ink-soft">
        <Hint schema={schema} />
      </p>
    </div>
  );
}

function OneOf({ name, schema, value, change }: Plain) {
  const { enum: choices = [] } = schema;
  return (
    <div className="grid content-start justify-items-start gap-1">
      <span className="font-medium">{name}</span>
      <Select
        label={name}
        value={String(value ?? '')}
        onChange={(next) => change(choices.find((choice) => String(choice) === next))}
        choices={choices.map((choice) => ({ value: String(choice), label: String(choice) }))}
      />
      <p className="text-xs text-ink-soft">
        <Hint schema={schema} />
      </p>
    </div>
  );
}

function Nested({ name, schema, value, strategies, change }: Props) {
  const { use = '', ...options } = (value ?? schema.default ?? {}) as { readonly use?: string };
  return (
    <fieldset className="grid gap-2 sm:col-span-2">
      <legend className="font-medium">{name}</legend>
      <p className="text-xs text-ink-soft">
        <Hint schema={schema} />
      </p>
      <StrategyFields
        label={name}
        strategies={strategies}
        use={use}
        options={options}
        change={(nextUse, nextOptions) => change({ use: nextUse, ...nextOptions })}
      />
    </fieldset>
  );
}

function Hint({ schema: { description = '', format, default: standard } }: { readonly schema: Schema }) {
  const said = [description];
  if (format === 'duration') said.push('Such as 500ms, 5s or 2m.');
  if (standard === undefined) said.push('Empty: not set.');
  return <Marked text={said.filter(Boolean).join(' ')} />;
}
