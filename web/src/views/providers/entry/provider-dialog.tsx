import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { addProvider, changeProvider, entries, type Members } from '../../../api/entries.ts';
import type { ProviderEntry } from '../../../api/types.ts';
import { useChange } from '../../../api/use-change.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { QueryState } from '../../../ui/states.tsx';
import { ProviderForm } from './provider-form.tsx';
import { RemoveProvider } from './remove-provider.tsx';

interface Props {
  /** undefined: a new one */
  readonly name: string | undefined;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Adds a provider, or changes the entry of one. */
export function ProviderDialog({ name, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      kind="sheet"
      title={name === undefined ? 'Add a provider' : `Edit ${name}`}
      description="It applies to the next request. Requests under way keep what they began with."
    >
      {name === undefined ? (
        <Form before={undefined} onClose={onClose} />
      ) : (
        <Edit name={name} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Edit({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const query = useQuery({ ...entries.provider(name), staleTime: 0, gcTime: 0 });
  return (
    <QueryState query={query}>
      {(before) => (
        <div className="grid gap-6">
          <Form before={before} onClose={onClose} />
          <RemoveProvider name={name} />
        </div>
      )}
    </QueryState>
  );
}

interface FormProps {
  readonly before: ProviderEntry | undefined;
  readonly onClose: () => void;
}

function Form({ before, onClose }: FormProps) {
  const navigate = useNavigate();
  const kinds = useQuery(entries.kinds());
  const save = useChange<{ name: string; members: Members }, ProviderEntry>({
    act: ({ name, members }) =>
      before ? changeProvider(before.name, members) : addProvider({ name, ...members }),
    done: ({ name }) => `${name} is ${before ? 'changed' : 'added'}`,
  });
  return (
    <QueryState query={kinds}>
      {(all) => (
        <ProviderForm
          kinds={all}
          before={before}
          isBusy={save.isPending}
          error={save.error?.message}
          save={(name, members) =>
            save.mutate(
              { name, members },
              {
                onSuccess: (added) => {
                  onClose();
                  if (!before) void navigate({ to: '/providers', search: { name: added.name } });
                },
              },
            )
          }
        />
      )}
    </QueryState>
  );
}
