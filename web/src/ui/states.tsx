import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';

/** A placeholder of the size of the content to come. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden="true" className={classes('skeleton', className ?? 'h-4 w-full')} />;
}

/** The given number of lines of a list that is not there yet. */
export function SkeletonRows({
  rows = 5,
  className = 'h-8',
}: {
  readonly rows?: number;
  readonly className?: string;
}) {
  return (
    <div role="status" aria-label="Loading" className="grid gap-2 p-3">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className={classes('w-full', className)} />
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  /** what to do about it */
  readonly children?: ReactNode;
}

/** There is nothing to show, and what to do about it. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="grid justify-items-center gap-1.5 px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="max-w-prose text-ink-soft">{children}</div>}
    </div>
  );
}

interface FailureProps {
  readonly error: unknown;
  readonly again?: (() => void) | undefined;
}

/** An error, with the gateway's own message, and a way on. */
export function Failure({ error, again }: FailureProps) {
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className="grid justify-items-center gap-2 px-4 py-6 text-center">
      <p className="flex items-center gap-2 font-medium text-bad">
        <Icon name="warning" />
        {error instanceof ApiError ? `The gateway answered ${error.status}` : 'This could not be loaded'}
      </p>
      <p className="max-w-prose text-ink-soft [overflow-wrap:anywhere]">{message}</p>
      {again && (
        <Button small onClick={again}>
          Try again
        </Button>
      )}
    </div>
  );
}

interface QueryProps<T> {
  readonly query: UseQueryResult<T>;
  readonly skeleton?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** A query's result, or its progress. A result once shown stays during reloads, even failed ones. */
export function QueryState<T>({ query, skeleton = <SkeletonRows />, children }: QueryProps<T>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error) return <Failure error={error} again={() => void refetch()} />;
  return skeleton;
}
