import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** px from the end that still count as the end */
const NEAR = 40;

interface End {
  /** for the element that scrolls; its first child is what grows */
  readonly region: RefObject<HTMLDivElement | null>;
  readonly isAtEnd: boolean;
  readonly toEnd: () => void;
  readonly onScroll: () => void;
}

/**
 * Keeps a region scrolled to its end as it grows, until a person scrolls up.
 * @param newest the newest row: it may push the first one out, so that the region does not grow
 */
export function useEnd(newest: number | undefined): End {
  const region = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  const [isAtEnd, setAtEnd] = useState(true);
  const follow = useCallback(() => region.current?.scrollTo({ top: region.current.scrollHeight }), []);
  useLayoutEffect(() => {
    if (isAtEnd && newest !== undefined) follow();
  }, [isAtEnd, newest, follow]);
  useLayoutEffect(() => {
    const content = region.current?.firstElementChild;
    if (!isAtEnd || !content) return;
    // A wrapped line is measured only once it is rendered.
    const observer = new ResizeObserver(follow);
    observer.observe(content);
    return () => observer.disconnect();
  }, [isAtEnd, follow]);
  const onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = region.current as HTMLDivElement;
    if (scrollHeight - scrollTop - clientHeight < NEAR) setAtEnd(true);
    // Growth moves the end away, too; only a person scrolls back.
    else if (scrollTop < top.current) setAtEnd(false);
    top.current = scrollTop;
  };
  return { region, isAtEnd, toEnd: () => setAtEnd(true), onScroll };
}
