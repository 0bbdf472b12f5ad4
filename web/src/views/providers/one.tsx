import { Link } from '@tanstack/react-router';
import type { Provider } from '../../api/types.ts';
import { Empty } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { Detail } from './detail.tsx';
import { Rail } from './rail.tsx';

interface Props {
  readonly providers: readonly Provider[];
  readonly name: string;
  readonly tab: string | undefined;
  readonly openTab: (tab: string) => void;
}

/** One provider in detail, with all others beside it. */
export function One({ providers, name, tab, openTab }: Props) {
  const provider = providers.find((one) => one.name === name);
  return (
    <div className="grid gap-5 lg:grid-cols-[13rem_minmax(0,1fr)]">
      <Rail providers={providers} name={name} />
      <div className="min-w-0">
        <Link to="/providers" className="mb-2 inline-block text-accent underline lg:hidden">
          All providers
        </Link>
        {provider ? (
          <Detail key={name} provider={provider} tab={tab} openTab={openTab} />
        ) : (
          <>
            <ViewHeader title={name} />
            <Empty title={`No provider is called ${name}.`}>
              <Link to="/providers" className="text-accent underline">
                See all providers
              </Link>
            </Empty>
          </>
        )}
      </div>
    </div>
  );
}
