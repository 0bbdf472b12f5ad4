import { Link } from '@tanstack/react-router';

/** A provider's name, which leads to its page. */
export function ProviderLink({ name }: { readonly name: string }) {
  return (
    <Link
      to="/providers"
      search={{ name }}
      title={name}
      className="block truncate font-semibold hover:underline"
    >
      {name}
    </Link>
  );
}
