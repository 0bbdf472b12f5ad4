import { classes } from '../../ui/classes.ts';
import { INPUT } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import { STANDINGS, type Sieve } from './sift.ts';

interface Props {
  readonly sieve: Sieve;
  readonly change: (change: Sieve) => void;
}

export function SieveBar({ sieve, change }: Props) {
  return (
    <form
      role="search"
      aria-label="Filter"
      className="flex flex-wrap gap-2"
      onSubmit={(event) => event.preventDefault()}
    >
      <input
        type="search"
        aria-label="Search in names and models"
        placeholder="A name or a model …"
        spellCheck={false}
        data-search=""
        value={sieve.q ?? ''}
        onChange={(event) => change({ q: event.target.value })}
        className={classes(INPUT, 'w-full sm:w-64')}
      />
      <Select
        label="State"
        value={sieve.state ?? ''}
        onChange={(state) => change({ state })}
        choices={STANDINGS}
      />
    </form>
  );
}
