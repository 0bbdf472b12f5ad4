import { Navigate, Outlet, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { useAccess } from '../api/role.ts';
import { ConfigProblem } from './config-problem.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { FirstInstallDialog } from './first-install/first-install-dialog.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { BottomNavigation, SideNavigation } from './navigation.tsx';
import { Palette } from './palette/palette.tsx';
import { RoleNotice } from './role-notice.tsx';
import { ShortcutList } from './shortcut-list.tsx';
import { useShortcuts } from './shortcuts.ts';
import { Toasts } from './toasts.tsx';
import { isOpenTo } from './views.ts';

/** The frame around every view. */
export function Shell() {
  const [open, setOpen] = useState<'palette' | 'shortcuts'>();
  useShortcuts({ palette: () => setOpen('palette'), shortcuts: () => setOpen('shortcuts') });
  const role = useAccess()?.role;
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const close = (): void => setOpen(undefined);
  return (
    <div className="flex h-full flex-col md:flex-row">
      <a
        href="#main"
        onClick={skip}
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to the content
      </a>
      <SideNavigation openPalette={() => setOpen('palette')} openShortcuts={() => setOpen('shortcuts')} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ConnectionBanner />
        <ConfigProblem />
        <RoleNotice />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto px-3 py-4 md:px-6 md:py-5">
          <div className="mx-auto max-w-[96rem]">
            {isOpenTo(role, path) ? <Outlet /> : <Navigate to="/usage" replace />}
          </div>
        </main>
      </div>
      <BottomNavigation />
      <Toasts />
      <KeyDialog />
      <FirstInstallDialog />
      <Palette open={open === 'palette'} onClose={close} />
      <ShortcutList open={open === 'shortcuts'} onClose={close} />
    </div>
  );
}

/** By hand, because the part after the `#` is the route. */
function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
