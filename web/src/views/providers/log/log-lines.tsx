import { useCallback } from 'react';
import type { LogLine } from '../../../api/types.ts';
import { clock, dateTime } from '../../../format/time.ts';
import { Button } from '../../../ui/button.tsx';
import { LongList } from '../../../ui/long.tsx';
import type { RowProps } from '../../../ui/use-window.ts';
import { plain } from './plain.ts';
import { useEnd } from './use-end.ts';

/** px of a line that is not broken */
const HEIGHT = 16;

interface Props {
  readonly name: string;
  readonly lines: readonly LogLine[];
  readonly search: string;
}

/** The lines, scrolled to their end until a person scrolls up. */
export function LogLines({ name, lines, search }: Props) {
  const { region, isAtEnd, toEnd, onScroll } = useEnd(lines.at(-1)?.n);
  const keyOf = useCallback((index: number) => (lines[index] as LogLine).n, [lines]);
  return (
    <div className="relative min-w-0">
      <div
        ref={region}
        role="log"
        // A live region that reads out every line would never be silent.
        aria-live="off"
        aria-label={`Log of ${name}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        onScroll={onScroll}
        className="h-[min(60dvh,40rem)] overflow-auto rounded-md border bg-sunken py-2 font-mono text-xs"
      >
        <LongList count={lines.length} height={HEIGHT} keyOf={keyOf}>
          {(index, row) => {
            const line = lines[index] as LogLine;
            return <Line key={line.n} row={row} line={line} search={search} />;
          }}
        </LongList>
      </div>
      {!isAtEnd && (
        <Button small className="absolute right-4 bottom-3 shadow-lift" onClick={toEnd}>
          Jump to the end
        </Button>
      )}
    </div>
  );
}

interface LineProps {
  readonly row: RowProps;
  readonly line: LogLine;
  readonly search: string;
}

const Line = ({ row, line: { at, line }, search }: LineProps) => (
  <li {...row} className="flex gap-3 px-3 hover:bg-hover">
    <time dateTime={new Date(at).toISOString()} title={dateTime(at)} className="text-ink-faint select-none">
      {clock(at)}
    </time>
    <span className="min-w-0 flex-1 break-all whitespace-pre-wrap">
      <Marked text={plain(line)} search={search} />
    </span>
  </li>
);

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
