import { Link } from '@tanstack/react-router';
import { dropKey, useKey } from '../api/key.ts';
import { useAccess } from '../api/role.ts';
import { useLive } from '../live/store.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Mark } from './mark.tsx';
import { SignOut } from './sign-out.tsx';
import { ThemeMenu } from './theme-menu.tsx';
import { viewsFor } from './views.ts';

interface Props {
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
}

const modifier = /mac/i.test(navigator.userAgent) ? '⌘' : 'Ctrl';

/** Wide screens have the views at the side; narrow ones get the bar on top, and the views at the bottom. */
export function SideNavigation({ openPalette, openShortcuts }: Props) {
  const version = useLive((live) => live.version);
  const access = useAccess();
  const hasKey = useKey().key !== undefined;
  const shown = viewsFor(access?.role);
  return (
    <header className="flex shrink-0 items-center gap-2 border-b bg-sunken px-3 py-2 md:w-52 md:flex-col md:items-stretch md:gap-4 md:border-r md:border-b-0 md:py-4">
      <Link
        to="/"
        className="flex flex-1 items-center gap-2.5 rounded-md px-1 font-semibold tracking-tight md:flex-none md:text-base"
      >
        <Mark />
        Switchyard
      </Link>
      <button
        type="button"
        onClick={openPalette}
        className="flex h-8 items-center gap-2 rounded-md border border-line-strong/60 bg-raised px-2.5 text-ink-soft hover:bg-hover"
      >
        <Icon name="search" />
        <span className="hidden flex-1 text-left md:inline">Go to …</span>
        <span className="sr-only md:hidden">Go to …</span>
        <kbd className="hidden font-sans text-2xs text-ink-faint md:inline">{modifier} K</kbd>
      </button>
      <nav aria-label="Views" className="hidden md:block">
        <ul className="grid gap-0.5">
          {shown.map(({ path, title, icon }) => (
            <li key={path}>
              <Link
                to={path}
                activeOptions={{ exact: path === '/', includeSearch: false }}
                className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-ink-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-ink"
              >
                <Icon name={icon} />
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex items-center gap-1 md:mt-auto">
        <ThemeMenu />
        <SignOut />
        {hasKey && (
          <IconButton label={`Signed in with ${access?.key ?? 'a key'}: use another key`} onClick={dropKey}>
            <Icon name="key" />
          </IconButton>
        )}
        <IconButton label="Keyboard shortcuts" onClick={openShortcuts} className="hidden md:inline-flex">
          <span aria-hidden="true" className="font-semibold">
            ?
          </span>
        </IconButton>
        {version !== undefined && (
          <span className="ml-auto hidden text-2xs text-ink-faint md:inline">{version}</span>
        )}
      </div>
    </header>
  );
}

export function BottomNavigation() {
  const shown = viewsFor(useAccess()?.role);
  return (
    <nav aria-label="Views" className="shrink-0 border-t bg-sunken md:hidden">
      <ul className="grid auto-cols-[minmax(3.75rem,1fr)] grid-flow-col overflow-x-auto">
        {shown.map(({ path, title, icon }) => (
          <li key={path}>
            <Link
              to={path}
              activeOptions={{ exact: path === '/', includeSearch: false }}
              className="grid min-h-12 content-center justify-items-center gap-0.5 text-2xs tracking-tight text-ink-soft aria-[current=page]:bg-accent-soft aria-[current=page]:text-ink"
            >
              <Icon name={icon} />
              <span className="max-w-full truncate">{title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
