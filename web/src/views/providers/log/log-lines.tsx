import { memo, useLayoutEffect, useRef, useState } from 'react';
import type { LogLine } from '../../../api/types.ts';
import { clock, dateTime } from '../../../format/time.ts';
import { Button } from '../../../ui/button.tsx';
import { plain } from './plain.ts';

/** px from the end that still count as the end */
const NEAR = 40;

interface Props {
  readonly name: string;
  readonly lines: readonly LogLine[];
  readonly search: string;
}

/** The lines, at their end for as long as nobody scrolls away from it. */
export function LogLines({ name, lines, search }: Props) {
  const region = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const newest = lines.at(-1)?.n;
  useLayoutEffect(() => {
    if (isAtEnd && newest !== undefined) toEnd(region.current);
  }, [newest, isAtEnd]);
  return (
    <div className="relative min-w-0">
      <div
        ref={region}
        role="log"
        // Read out line by line it would never be silent.
        aria-live="off"
        aria-label={`Log of ${name}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR)
        }
        className="h-[min(60dvh,40rem)] overflow-auto rounded-md border bg-sunken py-2 font-mono text-xs"
      >
        {lines.map((line) => (
          <Line key={line.n} line={line} search={search} />
        ))}
      </div>
      {!isAtEnd && (
        <Button small className="absolute right-4 bottom-3 shadow-lift" onClick={() => toEnd(region.current)}>
          Jump to the end
        </Button>
      )}
    </div>
  );
}

const toEnd = (region: HTMLElement | null): void => region?.scrollTo({ top: region.scrollHeight });

const Line = memo(({ line: { at, line }, search }: { readonly line: LogLine; readonly search: string }) => (
  <div className="flex gap-3 px-3 hover:bg-hover">
    <time dateTime={new Date(at).toISOString()} title={dateTime(at)} className="text-ink-faint select-none">
      {clock(at)}
    </time>
    <span className="min-w-0 flex-1 break-all whitespace-pre-wrap">
      <Marked text={plain(line)} search={search} />
    </span>
  </div>
));

function Marked({ text, search }: { readonly text: string; readonly search: string }) {
  const at = search === '' ? -1 : text.toLowerCase().indexOf(search.toLowerCase());
  if (at === -1) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-xs bg-warn-soft text-warn">{text.slice(at, at + search.length)}</mark>
      {text.slice(at + search.length)}
    </>
  );
}
