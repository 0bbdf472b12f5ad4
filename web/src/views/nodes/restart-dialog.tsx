import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { restartNodes } from '../../api/nodes.ts';
import type { RestartStep } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Lamp } from '../../ui/signal.tsx';
import type { Tone } from '../../ui/tone.ts';

interface Props {
  readonly names: readonly string[];
  readonly onClose: () => void;
}

type Phase = 'asks' | 'runs' | 'over';

/** Asks first, and then shows each step. Closing it lets the running restart end, and begins no further one. */
export function RestartDialog({ names, onClose }: Props) {
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>('asks');
  const [steps, setSteps] = useState<readonly RestartStep[]>([]);
  const [error, setError] = useState<string>();
  const left = useRef<AbortController>(undefined);
  useEffect(() => () => left.current?.abort(), []);
  const begin = async (): Promise<void> => {
    const leaving = new AbortController();
    left.current = leaving;
    setPhase('runs');
    try {
      await restartNodes(names, (step) => setSteps((before) => [...before, step]), leaving.signal);
    } catch (failure) {
      if (leaving.signal.aborted) return;
      setError((failure as Error).message);
    }
    setPhase('over');
    void client.invalidateQueries({ queryKey: ['nodes'] });
  };
  const what = names.length === 1 ? (names[0] as string) : plural(names.length, 'gateway');
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Restart ${what}`}
      description={
        names.length === 1
          ? 'A new process takes over; answers that run are ended by the old one.'
          : 'One after the other, each once the one before is back and well. It ends with the first that fails.'
      }
    >
      <div className="grid gap-4">
        <ol className="grid gap-1" aria-label="Steps" aria-live="polite">
          {names.map((name) => (
            <Step key={name} name={name} last={steps.findLast(({ node }) => node === name)} phase={phase} />
          ))}
        </ol>
        {error !== undefined && (
          <p role="alert" className="text-bad [overflow-wrap:anywhere]">
            {error}
          </p>
        )}
        <div className="flex justify-end gap-2">
          {phase === 'asks' && <Button onClick={onClose}>Cancel</Button>}
          {phase !== 'over' && (
            <Button look="danger" changes="the gateway" busy={phase === 'runs'} onClick={() => void begin()}>
              Restart
            </Button>
          )}
          {phase === 'over' && <Button onClick={onClose}>Done</Button>}
        </div>
      </div>
    </Dialog>
  );
}

interface StepProps {
  readonly name: string;
  readonly last: RestartStep | undefined;
  readonly phase: Phase;
}

function Step({ name, last, phase }: StepProps) {
  const [tone, word] = standing(last, phase);
  return (
    <li>
      <span className="flex items-center gap-2">
        <Lamp tone={tone} />
        <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
        {word !== '' && <span className="text-ink-soft">{word}</span>}
      </span>
      {last?.error != null && (
        <span className="block text-xs text-bad [overflow-wrap:anywhere]">{last.error}</span>
      )}
    </li>
  );
}

function standing(last: RestartStep | undefined, phase: Phase): readonly [Tone, string] {
  if (!last) return ['off', phase === 'over' ? 'not restarted' : ''];
  if (last.state === 'done') return ['well', 'restarted'];
  if (last.state === 'failed') return ['bad', 'failed'];
  return phase === 'over' ? ['warn', 'not known'] : ['busy', 'is being restarted'];
}
