import { Link } from '@tanstack/react-router';
import { keyOf } from '../../api/recent-requests.ts';
import type { RequestSummary } from '../../api/types.ts';
import { count, duration } from '../../format/numbers.ts';
import { clock, dateTime } from '../../format/time.ts';
import { providerWords } from '../../format/words.ts';
import { EndingTag } from '../../ui/ending-tag.tsx';
import { classes } from '../../ui/classes.ts';
import { LongBody } from '../../ui/long.tsx';
import { Middle } from '../../ui/middle.tsx';
import type { RowProps } from '../../ui/use-window.ts';

interface Props {
  readonly requests: readonly RequestSummary[];
  readonly open: (id: string) => void;
  readonly opened: string | undefined;
}

/** px of a row */
const HEIGHT = 33;
const CELL = 'px-3 py-1.5 whitespace-nowrap';
const NUMBER = `${CELL} text-right`;

/** One row for each request. The time is the link for keyboards; the whole row for pointers. */
export function RequestTable({ requests, open, opened }: Props) {
  const hasKeys = requests.some(({ key }) => key !== null);
  const hasNodes = requests.some(({ node }) => node !== null);
  return (
    <table aria-rowcount={requests.length + 1} className="w-full border-collapse text-left">
      <thead>
        <tr className="sticky top-0 bg-raised shadow-[inset_0_-1px_var(--line)]">
          <Head>Time</Head>
          <Head>Model</Head>
          <Head className="hidden sm:table-cell">Provider</Head>
          <Head>Result</Head>
          <Head className="hidden text-right md:table-cell">First token</Head>
          <Head className="text-right">Duration</Head>
          <Head className="hidden text-right lg:table-cell">Tokens</Head>
          {hasKeys && <Head className="hidden lg:table-cell">Key</Head>}
          {hasNodes && <Head className="hidden md:table-cell">Node</Head>}
        </tr>
      </thead>
      <LongBody count={requests.length} height={HEIGHT}>
        {(index, row) => {
          const request = requests[index] as RequestSummary;
          return (
            <Row
              key={keyOf(request)}
              row={row}
              request={request}
              hasKeys={hasKeys}
              hasNodes={hasNodes}
              open={open}
              isOpen={request.id === opened}
            />
          );
        }}
      </LongBody>
    </table>
  );
}

function Head({ className, children }: { readonly className?: string; readonly children: string }) {
  return (
    <th scope="col" className={classes('eyebrow px-3 py-2', className)}>
      {children}
    </th>
  );
}

interface RowOptions {
  readonly row: RowProps;
  readonly request: RequestSummary;
  readonly hasKeys: boolean;
  readonly hasNodes: boolean;
  readonly open: (id: string) => void;
  readonly isOpen: boolean;
}

function Row({ row, request, hasKeys, hasNodes, open, isOpen }: RowOptions) {
  const { id, time, model, attempts, ttft, ms, usage, key, error, stream, node } = request;
  return (
    <tr
      {...row}
      onClick={(event) => event.defaultPrevented || open(id)}
      className={classes('cursor-pointer border-b hover:bg-hover', isOpen && 'bg-accent-soft')}
    >
      <td className={CELL}>
        <Link
          to="/requests"
          search={(search) => ({ ...search, id })}
          title={id}
          className="text-ink-soft underline-offset-2 hover:underline"
        >
          <time dateTime={time}>{isToday(time) ? clock(time) : dateTime(time)}</time>
        </Link>
      </td>
      <td className={classes(CELL, 'max-w-40 truncate sm:max-w-64')}>
        <Middle text={model} />
        <span className="block truncate text-xs text-ink-faint sm:hidden">{providerWords(request)}</span>
      </td>
      <td className={classes(CELL, 'hidden max-w-48 truncate sm:table-cell')}>
        {providerWords(request)}
        {attempts > 1 && <span className="ml-1.5 text-xs text-warn">{attempts} tries</span>}
      </td>
      <td className={classes(CELL, 'max-w-72 truncate')}>
        <EndingTag {...request} />
        {error !== null && <span className="ml-2 hidden text-ink-soft xl:inline">{error}</span>}
      </td>
      <td className={classes(NUMBER, 'hidden md:table-cell')}>{stream ? duration(ttft) : ''}</td>
      <td className={NUMBER}>{duration(ms)}</td>
      <td
        className={classes(NUMBER, 'hidden lg:table-cell')}
        title={usage?.estimated ? 'estimated: the provider did not count them' : undefined}
      >
        {usage ? `${usage.estimated ? 'about ' : ''}${count(usage.total)}` : '–'}
      </td>
      {hasKeys && <td className={classes(CELL, 'hidden lg:table-cell')}>{key ?? ''}</td>}
      {hasNodes && <td className={classes(CELL, 'hidden max-w-32 truncate md:table-cell')}>{node ?? ''}</td>}
    </tr>
  );
}

const isToday = (time: string): boolean => new Date(time).toDateString() === new Date().toDateString();
