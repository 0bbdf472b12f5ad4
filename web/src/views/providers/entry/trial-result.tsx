import type { Trial } from '../../../api/types.ts';
import { plural } from '../../../format/numbers.ts';
import { Lamp } from '../../../ui/signal.tsx';
import type { Tone } from '../../../ui/tone.ts';

const TITLES: Readonly<Record<Trial['checks'][number]['check'], string>> = {
  entry: 'Settings',
  address: 'Address',
  key: 'Key',
  models: 'Models',
  chat: 'Chat',
};

const TONES: readonly (readonly [ok: boolean | null, tone: Tone, word: string])[] = [
  [true, 'well', 'good'],
  [false, 'bad', 'fails'],
  [null, 'off', 'not tested'],
];

/** What a provider answered before it was saved, and what to do about what is wrong. */
export function TrialResult({ trial }: { readonly trial: Trial }) {
  const { ok, checks, models } = trial;
  return (
    <section
      aria-label="Test result"
      role="status"
      className="grid gap-2 rounded-lg border p-3 sm:col-span-2"
    >
      <p className="font-medium">{ok ? 'It works.' : 'Something is wrong.'}</p>
      <ul className="grid gap-1.5">
        {checks.map(({ check, ok: isGood, detail, remedy }, index) => {
          const [, tone, word] = TONES.find(([one]) => one === isGood)!;
          return (
            <li key={index} className="flex items-baseline gap-2">
              <Lamp tone={tone} />
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <span className="font-medium">{TITLES[check]}</span>
                <span className="sr-only"> {word}</span>: {detail}
                {remedy !== undefined && <span className="block text-ink-soft">{remedy}</span>}
              </span>
            </li>
          );
        })}
      </ul>
      {models.length > 0 && (
        <details>
          <summary className="cursor-pointer text-ink-soft">{plural(models.length, 'model')}</summary>
          <p className="max-h-40 overflow-y-auto font-mono text-xs [overflow-wrap:anywhere]">
            {models.join(', ')}
          </p>
        </details>
      )}
    </section>
  );
}
