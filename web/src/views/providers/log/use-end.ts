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
 * A region that stays at its end as it grows, until it is scrolled back.
 * @param newest of what is in it: another one may push the first out, so that it does not grow
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
    // A line that is broken is measured only once it is drawn.
    const observer = new ResizeObserver(follow);
    observer.observe(content);
    return () => observer.disconnect();
  }, [isAtEnd, follow]);
  const onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = region.current as HTMLDivElement;
    if (scrollHeight - scrollTop - clientHeight < NEAR) setAtEnd(true);
    // What grows below moves the end away, too; only a hand goes back.
    else if (scrollTop < top.current) setAtEnd(false);
    top.current = scrollTop;
  };
  return { region, isAtEnd, toEnd: () => setAtEnd(true), onScroll };
}
