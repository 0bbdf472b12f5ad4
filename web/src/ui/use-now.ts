import { useEffect, useState } from 'react';

/** ms since 1970, updated every `interval` ms, or not at all where that is 0. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (interval === 0) return;
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
