import { useState, type FormEvent } from 'react';
import { useProviderAction } from '../../api/actions.ts';
import type { Provider, Secret } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Tag } from '../../ui/signal.tsx';
import { useForgetSecret, useKeepSecrets } from './keep-secrets.ts';
import { isUp } from './running.ts';

interface Props {
  readonly provider: Provider;
  readonly secrets: readonly Secret[];
}

/** Secrets of its process: entered here, stored by the gateway, never shown again. */
export function Secrets({ provider, secrets }: Props) {
  const { name } = provider;
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const keep = useKeepSecrets(name);
  const given = Object.fromEntries(Object.entries(typed).filter(([, value]) => value.trim() !== ''));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    keep.mutate(given, { onSuccess: () => setTyped({}) });
  };
  return (
    <Panel title="Secrets">
      <form onSubmit={submit} className="grid max-w-2xl gap-4">
        <p className="text-ink-soft">
          Stored in a file that only the gateway’s user can read, and passed to {name} only, from its next
          start on. A stored value is never shown again.
        </p>
        {secrets.map((secret) => (
          <SecretField
            key={secret.name}
            secret={secret}
            provider={name}
            value={typed[secret.name] ?? ''}
            change={(value) => setTyped({ ...typed, [secret.name]: value })}
            error={keep.error?.param === secret.name ? keep.error.message : undefined}
          />
        ))}
        {keep.error && !secrets.some((secret) => secret.name === keep.error?.param) && (
          <p role="alert" className="text-bad">
            {keep.error.message}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <Button
            type="submit"
            look="primary"
            changes="the gateway"
            busy={keep.isPending}
            disabled={Object.keys(given).length === 0}
          >
            <Icon name="key" />
            Save
          </Button>
          {keep.isSuccess && <Next provider={provider} remarks={keep.data} />}
        </div>
      </form>
    </Panel>
  );
}

interface FieldProps {
  readonly secret: Secret;
  readonly provider: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly error: string | undefined;
}

function SecretField({
  secret: { name, required, description, given },
  provider,
  value,
  change,
  error,
}: FieldProps) {
  const forget = useForgetSecret(provider);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2">
      <Field
        label={name}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        placeholder={given ? 'set; type here to replace it' : ''}
        value={value}
        onChange={(event) => change(event.target.value)}
        hint={description}
        error={error}
      />
      <div className="flex h-5 items-center gap-2">
        {given ? (
          <Tag tone="well">set</Tag>
        ) : (
          <Tag tone={required ? 'warn' : 'off'}>{required ? 'required' : 'optional'}</Tag>
        )}
        {given && (
          <Button
            small
            changes="the gateway"
            busy={forget.isPending}
            aria-label={`Delete ${name}`}
            onClick={() => forget.mutate(name)}
          >
            Delete
          </Button>
        )}
      </div>
    </div>
  );
}

/** A stored secret takes effect with a start. */
function Next({ provider, remarks }: { readonly provider: Provider; readonly remarks: readonly string[] }) {
  const act = useProviderAction();
  const { name, lacks } = provider;
  const action = isUp(provider) ? 'restart' : 'start';
  return (
    <>
      <p role="status" className="text-well">
        Saved.{remarks.map((remark) => ` ${remark}.`)}
      </p>
      {lacks.length === 0 && (
        <Button changes="the gateway" busy={act.isPending} onClick={() => act.mutate({ name, action })}>
          <Icon name={action} />
          {action === 'start' ? 'Start it now' : 'Restart it now'}
        </Button>
      )}
    </>
  );
}
