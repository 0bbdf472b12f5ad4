import { useQuery } from '@tanstack/react-query';
import { entries } from '../../../api/entries.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { QueryState } from '../../../ui/states.tsx';
import { ModelForm } from './model-form.tsx';

interface Props {
  /** undefined: a new one */
  readonly name: string | undefined;
  readonly onClose: () => void;
  /** a model was added, changed or removed; undefined: removed */
  readonly onDone: (name: string | undefined) => void;
}

/** Adds a model or an alias, or changes the entry of one. */
export function ModelDialog({ name, onClose, onDone }: Props) {
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={name === undefined ? 'Add a model' : `Edit ${name}`}
      description="A name that callers ask for, and the targets that answer. An alias is a model with the target of another."
    >
      {name === undefined ? (
        <ModelForm before={undefined} onDone={onDone} />
      ) : (
        <Edit name={name} onDone={onDone} />
      )}
    </Dialog>
  );
}

function Edit({ name, onDone }: Pick<Props, 'onDone'> & { readonly name: string }) {
  const query = useQuery({ ...entries.model(name), staleTime: 0, gcTime: 0 });
  return <QueryState query={query}>{(before) => <ModelForm before={before} onDone={onDone} />}</QueryState>;
}
