import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Lists up to this length are rendered whole, so that the browser's own search finds all rows. */
const SHORT = 50;
/** rows rendered above and below the visible ones */
const SPARE = 6;

/** For the row's element: its height is measured, and a screen reader hears which of how many it is. */
export interface RowProps {
  readonly 'data-index'?: number;
  readonly 'aria-posinset'?: number;
  readonly 'aria-setsize'?: number;
  readonly 'aria-rowindex'?: number;
  readonly ref?: (element: Element | null) => void;
}

interface Row {
  readonly index: number;
  readonly props: RowProps;
  /** px of rows that are not drawn, between the one before and this one */
  readonly gap: number;
}

interface Asked {
  readonly count: number;
  /** px of a row, roughly: it is measured once rendered */
  readonly height: number;
  readonly of: 'list' | 'table';
  /**
   * identity of a row, wherever it is: for lists that grow at their end and lose their beginning, while the visible
   * rows stay in place. The same function until the rows change.
   */
  readonly keyOf?: ((index: number) => number | string) | undefined;
}

export interface Window<List extends HTMLElement> {
  /** for the list itself */
  readonly list: RefObject<List | null>;
  readonly rows: readonly Row[];
  /** px of rows that are not drawn, after the last one that is */
  readonly after: number;
}

/** Which rows of a long list to render: the visible ones, and the one with the focus. */
export function useWindow<List extends HTMLElement>({ count, height, of, keyOf }: Asked): Window<List> {
  const list = useRef<List>(null);
  const [margin, setMargin] = useState(0);
  const isLong = count > SHORT;
  const drawn = useCallback((range: Range) => withFocused(focusedIn(list.current), range), []);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const window = useVirtualizer({
    count: isLong ? count : 0,
    estimateSize: () => height,
    overscan: SPARE,
    rangeExtractor: drawn,
    ...(keyOf && { getItemKey: keyOf, anchorTo: 'end' }),
    scrollMargin: margin,
    getScrollElement: () => scrollerOf(list.current),
    // Before the first measurement, roughly a screenful.
    initialRect: { width: 0, height: 900 },
  });
  useLayoutEffect(() => {
    if (!isLong) return;
    const look = (): void => setMargin(offsetOf(list.current));
    look();
    // The content above the list may grow.
    const observer = new ResizeObserver(look);
    const content = scrollerOf(list.current)?.firstElementChild;
    if (content) observer.observe(content);
    return () => observer.disconnect();
  }, [isLong]);
  const items = window.getVirtualItems();
  if (!isLong) return { list, rows: wholeOf(count), after: 0 };
  return {
    list,
    rows: items.map(({ index, start }, at) => ({
      index,
      props: { 'data-index': index, ref: window.measureElement, ...placeOf(index, count, of) },
      gap: start - (items[at - 1]?.end ?? margin),
    })),
    after: window.getTotalSize() + margin - (items.at(-1)?.end ?? margin),
  };
}

const NOTHING: RowProps = {};

const wholeOf = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, index) => ({ index, props: NOTHING, gap: 0 }));

/** Scrolled out of sight, the row that has the focus keeps it; its neighbours are there for the next key. */
function withFocused(row: number | undefined, range: Range): number[] {
  const seen = defaultRangeExtractor(range);
  if (row === undefined) return seen;
  const near = [row - 1, row, row + 1].filter((one) => one >= 0 && one < range.count && !seen.includes(one));
  return [...near, ...seen].sort((a, b) => a - b);
}

function focusedIn(list: HTMLElement | null): number | undefined {
  const row = document.activeElement?.closest<HTMLElement>('[data-index]');
  return row && list?.contains(row) ? Number(row.dataset.index) : undefined;
}

const placeOf = (index: number, count: number, of: Asked['of']): RowProps =>
  // The head is the first row of a table.
  of === 'table' ? { 'aria-rowindex': index + 2 } : { 'aria-posinset': index + 1, 'aria-setsize': count };

function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  for (let at = element; at; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY) && at.scrollHeight > 0 && !isOnlyWide(at))
      return at;
  return null;
}

/** `overflow-x: auto` makes `overflow-y` auto too, where nothing scrolls. */
const isOnlyWide = (element: HTMLElement): boolean => element.classList.contains('overflow-x-auto');

/** px between the top of the scrolled content and the list */
function offsetOf(list: HTMLElement | null): number {
  const scroller = scrollerOf(list);
  if (!list || !scroller) return 0;
  return Math.round(
    list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop,
  );
}
