import { Field } from '../ui/field.tsx';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly error: string | undefined;
}

/** What the browser offers to fill in, as the first thing of a form. */
export function SecretField({ label, value, change, error }: Props) {
  return (
    <Field
      label={label}
      type="password"
      autoComplete="current-password"
      autoFocus
      required
      value={value}
      onChange={(event) => change(event.target.value)}
      error={error}
    />
  );
}
