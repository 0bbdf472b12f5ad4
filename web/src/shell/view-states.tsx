import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Button } from '../ui/button.tsx';
import { Empty, Failure, Skeleton, SkeletonRows } from '../ui/states.tsx';

/** While a view's code loads. */
export function ViewPending() {
  return (
    <div>
      <Skeleton className="mb-4 h-7 w-40" />
      <div className="rounded-lg border bg-raised">
        <SkeletonRows />
      </div>
    </div>
  );
}

/** A view that broke: the others are still there. */
export function ViewFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = (): void => {
    reset();
    void router.invalidate();
  };
  // After an update of the gateway the old page requests files that are gone.
  const isOld = /dynamically imported module|Importing a module script/i.test(String(error));
  if (!isOld) return <Failure error={error} again={again} />;
  return (
    <Empty title="The gateway has a newer dashboard, or does not answer.">
      <Button look="primary" onClick={() => location.reload()}>
        Reload the page
      </Button>
    </Empty>
  );
}

export function NotFound() {
  return (
    <Empty title="Page not found.">
      <Link to="/" className="text-accent underline">
        Go to the overview
      </Link>
    </Empty>
  );
}
