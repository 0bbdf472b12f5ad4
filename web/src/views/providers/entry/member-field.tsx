import { useId, useState } from 'react';
import type { Schema } from '../../../api/balancing.ts';
import { classes } from '../../../ui/classes.ts';
import { Field, INPUT } from '../../../ui/field.tsx';
import { Marked } from '../../../ui/marked.tsx';
import { OptionField } from '../../../ui/option-field/option-field.tsx';
import { mapText, readMap } from './members.ts';

interface Props {
  readonly name: string;
  readonly schema: Schema;
  readonly value: unknown;
  readonly isRequired: boolean;
  /** it has a secret that is not shown */
  readonly isSet: boolean;
  /** undefined: not set */
  readonly change: (value: unknown) => void;
}

/** One member of a provider's entry, as its schema's kind of input. */
export function MemberField({ name, schema, value, isRequired, isSet, change }: Props) {
  if (schema.format === 'secret')
    return (
      <Field
        label={name}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        placeholder={isSet ? 'set; type here to replace it' : ''}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => change(event.target.value === '' ? undefined : event.target.value)}
        hint={
          <Marked
            text={`${schema.description ?? ''} Stored encrypted and never shown again. A variable of the gateway’s environment is written as $NAME.`}
          />
        }
        className="sm:col-span-2"
      />
    );
  if (name === 'models') return <ModelMap name={name} schema={schema} value={value} change={change} />;
  if (schema.type === 'string')
    return (
      <Field
        label={name}
        required={isRequired}
        spellCheck={false}
        inputMode={schema.format === 'uri' ? 'url' : 'text'}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => change(event.target.value === '' ? undefined : event.target.value)}
        hint={schema.description && <Marked text={schema.description} />}
        className="sm:col-span-2"
      />
    );
  return <OptionField name={name} schema={schema} value={value} strategies={[]} change={change} />;
}

type MapProps = Pick<Props, 'name' | 'schema' | 'value' | 'change'>;

/** A name a line. */
function ModelMap({ name, schema, value, change }: MapProps) {
  const id = useId();
  const [typed, setTyped] = useState(() => mapText(value));
  return (
    <div className="grid gap-1 sm:col-span-2">
      <label htmlFor={id} className="font-medium">
        {name}
      </label>
      <textarea
        id={id}
        rows={3}
        spellCheck={false}
        value={typed}
        placeholder={'fast = model-of-the-provider\nanother-model'}
        onChange={(event) => {
          setTyped(event.target.value);
          change(readMap(event.target.value));
        }}
        aria-describedby={`${id}-told`}
        className={classes(INPUT, 'h-auto w-full py-1.5 font-mono text-xs')}
      />
      <p id={`${id}-told`} className="text-xs text-ink-soft">
        One a line. <Marked text={schema.description ?? ''} />
      </p>
    </div>
  );
}
