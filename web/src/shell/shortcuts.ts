import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { toggleTheme } from './theme.ts';
import { views } from './views.ts';

interface Opens {
  readonly palette: () => void;
  readonly shortcuts: () => void;
}

/** ms between `g` and the next key */
const CHORD = 1_200;

/** Keys that work everywhere, except in a field or a dialog: see `shortcut-list.tsx`. */
export function useShortcuts(opens: Opens): void {
  const navigate = useNavigate();
  const go = useEffectEvent((key: string): void => {
    const view = views.find((one) => one.key === key);
    if (view) void navigate({ to: view.path });
  });
  const open = useEffectEvent((what: keyof Opens) => opens[what]());
  useEffect(() => {
    let chordUntil = 0;
    const press = (event: KeyboardEvent): void => {
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && key === 'k') {
        event.preventDefault();
        return open('palette');
      }
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.defaultPrevented ||
        isElsewhere(event.target)
      )
        return;
      const isChord = event.timeStamp < chordUntil;
      chordUntil = key === 'g' ? event.timeStamp + CHORD : 0;
      if (isChord) return go(key);
      if (event.key === '?') return open('shortcuts');
      if (key === 't') return toggleTheme();
      if (event.key === '/') focusSearch(event);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

/** Where keys are text, or belong to an overlay. */
function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"]',
    ) !== null
  );
}

/** A view marks its search field with `data-search`. */
function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLElement>('main [data-search]');
  if (!field) return;
  event.preventDefault();
  field.focus();
}
