import { useQuery } from '@tanstack/react-query';
import { balancing, type ConfigChange } from '../../api/balancing.ts';
import { send } from '../../api/client.ts';
import { plural } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useChange } from './use-change.ts';

interface Done {
  readonly changes: number;
  readonly file?: string;
}

/** What holds instead of the file's word: written into it, or undone. Not there where there is nothing. */
export function Changes() {
  const { data } = useQuery(balancing.diff());
  const save = useChange<void, Done>({
    act: () => send('POST', 'config/save'),
    done: ({ changes, file }) => `${plural(changes, 'change')} saved into ${file}`,
    failed: 'Nothing was saved',
  });
  const undo = useChange<void, Done>({
    act: () => send('DELETE', 'config/overrides'),
    done: ({ changes }) => `${plural(changes, 'change')} undone`,
    failed: 'Nothing was undone',
  });
  if (!data || data.changes.length === 0) return null;
  const { changes, file } = data;
  return (
    <Panel
      title={`${plural(changes.length, 'change')} against the file`}
      flush
      aside={
        <div className="flex flex-wrap gap-2">
          <Button small busy={undo.isPending} disabled={save.isPending} onClick={() => undo.mutate()}>
            Undo all
          </Button>
          <Button
            small
            look="primary"
            busy={save.isPending}
            disabled={undo.isPending}
            onClick={() => save.mutate()}
          >
            {file === null ? 'Save as a file' : 'Save into the file'}
          </Button>
        </div>
      }
    >
      <div className="overflow-x-auto">
        <table className="w-full border-collapse text-left">
          <thead>
            <tr className="border-y">
              {['Where', 'The file', 'Now'].map((head) => (
                <th key={head} scope="col" className="eyebrow px-3 py-1.5">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y">
            {changes.map((change) => (
              <tr key={change.path}>
                <th scope="row" className="px-3 py-1.5 font-mono text-xs font-normal break-all">
                  {change.path}
                </th>
                <td className="px-3 py-1.5 text-ink-soft">{fileWords(change)}</td>
                <td className="px-3 py-1.5">{words(change.now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {file !== null && (
        <p className="border-t px-3 py-1.5 text-xs text-ink-soft [overflow-wrap:anywhere]">
          They hold over a restart too. The file is {file}.
        </p>
      )}
    </Panel>
  );
}

function fileWords({ file, default: standard }: ConfigChange): string {
  if (file !== null) return words(file);
  return standard === undefined ? 'says nothing' : `says nothing, which is ${words(standard)}`;
}

/** A value as one would write it. */
function words(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(words).join(', ');
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${words(one)}`)
    .join(', ');
}
