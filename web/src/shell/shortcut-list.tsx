import { Dialog } from '../ui/dialog.tsx';
import { views } from './views.ts';

const OTHERS: readonly (readonly [keys: string, what: string])[] = [
  ['Ctrl K', 'Command palette (⌘ K on a Mac)'],
  ['/', 'Search in the view'],
  ['t', 'Dark or light'],
  ['?', 'This list'],
  ['Esc', 'Close what is open'],
];

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function ShortcutList({ open, onClose }: Props) {
  const rows = [...views.map(({ key, title }) => [`g ${key}`, title] as const), ...OTHERS];
  return (
    <Dialog open={open} onOpenChange={(next) => next || onClose()} title="Keyboard shortcuts">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
        {rows.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt className="flex gap-1">
              {keys.split(' ').map((key) => (
                <kbd
                  key={key}
                  className="min-w-6 rounded border bg-sunken px-1.5 text-center font-sans text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
