import { useQuery } from '@tanstack/react-query';
import { session, signOut } from '../api/session.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** There where this browser has signed in. */
export function SignOut() {
  const { data } = useQuery({ queryKey: ['session'], queryFn: session, staleTime: Infinity });
  const own = data?.session;
  if (!own) return null;
  return (
    <IconButton label={`Sign out ${own.name}`} onClick={() => void signOut()}>
      <Icon name="leave" />
    </IconButton>
  );
}
