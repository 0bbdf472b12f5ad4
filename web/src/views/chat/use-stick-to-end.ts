import { useEffect, useLayoutEffect, useRef } from 'react';

/** px from the end that still count as the end */
const NEAR = 80;

/**
 * Keeps the page scrolled to its end while it grows, unless a person has scrolled up. @param version changes as it
 * grows
 */
export function useStickToEnd(version: unknown): void {
  const isAtEnd = useRef(true);
  useEffect(() => {
    const main = document.getElementById('main');
    const look = (): void => {
      if (main) isAtEnd.current = main.scrollHeight - main.scrollTop - main.clientHeight < NEAR;
    };
    main?.addEventListener('scroll', look, { passive: true });
    return () => main?.removeEventListener('scroll', look);
  }, []);
  useLayoutEffect(() => {
    const main = document.getElementById('main');
    if (version !== undefined && isAtEnd.current) main?.scrollTo({ top: main.scrollHeight });
  }, [version]);
}
