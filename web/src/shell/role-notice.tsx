import { useAccess } from '../api/role.ts';

const TOLD = {
  viewer: 'You see everything and change nothing: the key is a viewer’s.',
  caller: 'You see what your key has used. The rest needs the key of an admin or a viewer.',
} as const;

/** What the key that was entered may not do. */
export function RoleNotice() {
  const access = useAccess();
  if (!access || access.role === 'admin') return null;
  return <p className="border-b bg-sunken px-4 py-1.5 text-ink-soft">{TOLD[access.role]}</p>;
}
