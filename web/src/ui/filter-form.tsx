import type { ReactNode } from 'react';

/** The inputs above a list that filter it as they change: there is nothing to submit. */
export function FilterForm({ children }: { readonly children: ReactNode }) {
  return (
    <form
      role="search"
      aria-label="Filter"
      className="flex flex-wrap gap-2"
      onSubmit={(event) => event.preventDefault()}
    >
      {children}
    </form>
  );
}
