import { useQuery } from '@tanstack/react-query';
import { balancing } from '../api/balancing.ts';
import { send } from '../api/client.ts';
import type { ConfigDiff, ConfigSaved, OverridesUndone } from '../api/types.ts';
import { plural } from '../format/numbers.ts';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { useChange } from '../api/use-change.ts';

/** Changes against the config file, to be saved or undone. Hidden where there are none. */
export function UnsavedChanges({ onUndone }: { readonly onUndone?: () => void }) {
  const { data } = useQuery(balancing.diff());
  const save = useChange<void, ConfigSaved>({
    act: () => send('POST', 'config/save'),
    done: ({ changes, file, shared }) =>
      `${plural(changes, 'change')} saved to ${file}${shared?.overrides ? ', and kept in PostgreSQL for the other gateways' : ''}`,
    failed: 'The changes were not saved',
  });
  const undo = useChange<void, OverridesUndone>({
    act: () => send('DELETE', 'config/overrides'),
    done: ({ changes }) =>
      changes === 0 ? 'The config files alone apply again' : `${plural(changes, 'change')} undone`,
    failed: 'The changes were not undone',
  });
  if (!data) return null;
  const { changes, file, shared } = data;
  if (changes.length === 0)
    return shared?.overrides ? <SharedOnly busy={undo.isPending} end={() => undo.mutate()} /> : null;
  return (
    <Panel
      title={`${plural(changes.length, 'unsaved change')}`}
      flush
      aside={
        <div className="flex flex-wrap gap-2">
          <Button
            small
            busy={undo.isPending}
            disabled={save.isPending}
            changes="the gateway"
            onClick={() => undo.mutate(undefined, { onSuccess: () => onUndone?.() })}
          >
            {shared ? 'Undo at all gateways' : 'Undo all'}
          </Button>
          <Button
            small
            look="primary"
            busy={save.isPending}
            disabled={undo.isPending}
            changes="the gateway"
            onClick={() => save.mutate()}
          >
            {file === null ? 'Save as a config file' : 'Save to the config file'}
          </Button>
        </div>
      }
    >
      <Changes changes={changes} />
      {file !== null && (
        <p className="border-t px-3 py-1.5 text-xs text-ink-soft [overflow-wrap:anywhere]">
          They stay in force after a restart, too. The config file is {file}.
          {shared &&
            ' It is the file of this gateway alone: what is saved there stays in PostgreSQL for the others.'}
        </p>
      )}
    </Panel>
  );
}

function Changes({ changes }: Pick<ConfigDiff, 'changes'>) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-left">
        <thead>
          <tr className="border-y">
            {['Setting', 'Config file', 'Now'].map((head) => (
              <th key={head} scope="col" className="eyebrow px-3 py-1.5">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {changes.map((change) => (
            <tr key={change.path}>
              <th
                scope="row"
                className="px-3 py-1.5 min-w-44 font-mono text-xs font-normal [overflow-wrap:anywhere]"
              >
                {change.path}
              </th>
              <td className="px-3 py-1.5 text-ink-soft">{fileWords(change)}</td>
              <td className="px-3 py-1.5">{words(change.now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** All is saved here, and other gateways may still need what they share. */
function SharedOnly({ busy, end }: { readonly busy: boolean; readonly end: () => void }) {
  return (
    <Panel
      title="Settings of all gateways"
      aside={
        <Button small busy={busy} changes="the gateway" onClick={end}>
          End them
        </Button>
      }
    >
      <p className="text-ink-soft">
        This gateway’s config file has all changes. PostgreSQL has them, too, over the file of each gateway.
        End them there when every gateway’s file has them: where one has not, they are undone.
      </p>
    </Panel>
  );
}

function fileWords({ file, default: standard }: ConfigDiff['changes'][number]): string {
  if (file !== null) return words(file);
  return standard === undefined ? 'not set' : `not set, so ${words(standard)}`;
}

/** A value as a person would write it. */
function words(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(words).join(', ');
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${words(one)}`)
    .join(', ');
}
