import type { Provider } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

interface Props {
  readonly provider: Provider;
  /** opens the form of its secrets */
  readonly open: () => void;
}

/** What it needs and lacks, and the remedy. */
export function Lacks({ provider: { name, lacks, process }, open }: Props) {
  if (lacks.length === 0) return null;
  const hasForm = (process?.secrets ?? []).some(({ required, given }) => required && !given);
  return (
    <section
      aria-label={`What ${name} needs`}
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-warn-soft px-3 py-2 text-warn"
    >
      <Icon name="warning" />
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-semibold">{name} cannot run yet. It needs:</p>
        <ul>
          {lacks.map((lack) => (
            <li key={lack} className="[overflow-wrap:anywhere]">
              {lack}
            </li>
          ))}
        </ul>
      </div>
      {hasForm && (
        <Button look="primary" onClick={open}>
          <Icon name="key" />
          Add secrets
        </Button>
      )}
    </section>
  );
}
