import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'dark' | 'light';

const NAME = 'switchyard.theme';
const listeners = new Set<() => void>();

/** The person's choice. `public/theme.js` applies it before the first paint. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, chosen);

/** Whether it is dark now, by choice or by the system: for drawings without CSS. */
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark);

export function setTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(NAME);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(NAME, theme);
    document.documentElement.dataset.theme = theme;
  }
  for (const listener of listeners) listener();
}

/** Switches to the other theme. */
export const toggleTheme = (): void => setTheme(isDark() ? 'light' : 'dark');

function chosen(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'dark' || theme === 'light' ? theme : 'system';
}

const system = matchMedia('(prefers-color-scheme: dark)');
const isDark = (): boolean => chosen() === 'dark' || (chosen() === 'system' && system.matches);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  system.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', listener);
  };
}
