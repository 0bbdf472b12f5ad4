import { Link } from '@tanstack/react-router';
import type { Check, Provider } from '../../../api/types.ts';
import { duration } from '../../../format/numbers.ts';
import { age } from '../../../format/time.ts';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Lamp } from '../../../ui/signal.tsx';
import { Empty, Failure } from '../../../ui/states.tsx';
import { TEXT, type Tone } from '../../../ui/tone.ts';
import { classes } from '../../../ui/classes.ts';
import { isUp } from '../running.ts';
import { runTests, stopTests, useTestRun, type TestRun } from './test-runs.ts';

/** The provider test suite: real requests, each with its result, its reason, and the remedy. */
export function Tests({ provider }: { readonly provider: Provider }) {
  const { name, process, lacks } = provider;
  const run = useTestRun(name);
  const canStart =
    process !== undefined && process.state !== 'absent' && !isUp(provider) && lacks.length === 0;
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {run?.isRunning ? (
          <Button onClick={() => stopTests(name)}>
            <Icon name="stop" />
            Stop the test
          </Button>
        ) : (
          <Button changes="the gateway" onClick={() => void runTests(name)}>
            <Icon name="test" />
            {run ? 'Test again' : 'Test now'}
          </Button>
        )}
        {canStart && run?.isRunning !== true && (
          <Button changes="the gateway" onClick={() => void runTests(name, { start: true })}>
            <Icon name="start" />
            Start it and test
          </Button>
        )}
        <p role="status" className="text-ink-soft">
          {run && summaryOf(run)}
        </p>
      </div>
      {!run && (
        <Empty title="Not tested yet.">
          A few short requests as callers send them: an answer, a stream, an invalid one, one that is
          cancelled. They count as usage at the provider.
        </Empty>
      )}
      {run?.error && <Failure error={run.error} />}
      {run && (run.checks.length > 0 || run.isRunning) && <Checks run={run} />}
    </div>
  );
}

function summaryOf({ isRunning, names, checks, begun }: TestRun): string {
  if (isRunning) return `${checks.length} of ${names.length || '…'} checks done`;
  const failed = checks.filter(({ ok }) => ok === false).map(({ check }) => check);
  if (checks.length === 0) return '';
  if (checks.length < names.length) return 'Stopped.';
  const told = failed.length === 0 ? 'No check failed' : `Failed: ${failed.join(', ')}`;
  const when = age(begun);
  return `${told}. ${when === 'now' ? 'Just now' : `${when} ago`}.`;
}

function Checks({ run: { names, checks, isRunning } }: { readonly run: TestRun }) {
  const pending = isRunning ? names.slice(checks.length) : [];
  return (
    <ol aria-label="Checks" className="divide-y rounded-lg border bg-raised">
      {checks.map((check) => (
        <CheckRow key={check.check} check={check} />
      ))}
      {pending.map((name, index) => (
        <li key={name} className="flex items-center gap-2.5 px-3 py-2 text-ink-faint">
          <Lamp tone={index === 0 ? 'busy' : 'off'} />
          <span className="w-20 font-medium">{name}</span>
          {index === 0 ? 'running' : 'waiting'}
        </li>
      ))}
    </ol>
  );
}

const OUTCOMES = { true: 'passed', false: 'failed', null: 'skipped' } as const;
const TONES: Readonly<Record<keyof typeof OUTCOMES, Tone>> = { true: 'well', false: 'bad', null: 'off' };

function CheckRow({ check: { check, ok, ms, detail, remedy, request } }: { readonly check: Check }) {
  const outcome = String(ok) as keyof typeof OUTCOMES;
  const tone = TONES[outcome];
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-baseline gap-x-2.5 gap-y-0.5 px-3 py-2 sm:grid-cols-[auto_5rem_5rem_minmax(0,1fr)_auto_auto]">
      <Lamp tone={tone} />
      <span className="font-semibold">{check}</span>
      <span className={classes('text-right font-medium sm:text-left', TEXT[tone])}>{OUTCOMES[outcome]}</span>
      <span className="col-span-3 [overflow-wrap:anywhere] sm:col-span-1">
        {detail}
        {remedy !== undefined && <span className="block text-ink-soft">What to do: {remedy}</span>}
      </span>
      <span className="col-start-2 text-ink-faint sm:col-start-auto">{ok === null ? '' : duration(ms)}</span>
      {request === undefined ? (
        <span />
      ) : (
        <Link
          to="/requests"
          search={{ id: request }}
          aria-label={`Trace of the check ${check}`}
          className="text-accent underline"
        >
          Trace
        </Link>
      )}
    </li>
  );
}
