import { useEffect, useEffectEvent, useRef } from 'react';
import { Button } from '../../ui/button.tsx';

interface Props {
  readonly isBusy: boolean;
  readonly more: () => void;
}

/** The end of a list: older rows load when it is near, or by the button without scrolling. */
export function MoreOnSight({ isBusy, more }: Props) {
  const end = useRef<HTMLDivElement>(null);
  const come = useEffectEvent(more);
  useEffect(() => {
    const { current } = end;
    if (!current || isBusy) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && come(), {
      root: document.getElementById('main'),
      rootMargin: '400px',
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [isBusy]);
  return (
    <div ref={end} className="p-2 text-center">
      <Button look="quiet" busy={isBusy} onClick={more}>
        Show older requests
      </Button>
    </div>
  );
}
