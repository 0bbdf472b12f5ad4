import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { balancing, type Strategy, type StrategyInForce } from '../../../api/balancing.ts';
import type { Options } from '../../../api/types.ts';
import { send } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Tag } from '../../../ui/signal.tsx';
import { QueryState, Skeleton } from '../../../ui/states.tsx';
import { useChange } from '../../../api/use-change.ts';
import { StrategyFields } from '../../../ui/option-field/strategy-fields.tsx';

interface Props {
  readonly title: string;
  readonly about: string;
  readonly inForce: StrategyInForce;
  /** undefined: for all models without a strategy of their own */
  readonly model: string | undefined;
}

const FROM = {
  file: { tone: 'off', words: 'from the config file' },
  override: { tone: 'busy', words: 'changed here' },
  default: { tone: 'off', words: 'built-in default' },
} as const;

/** A strategy and its options, as a form made of its schema. */
export function StrategyPanel({ title, about, inForce, model }: Props) {
  const strategies = useQuery(balancing.strategies());
  const { tone, words } = FROM[inForce.from];
  return (
    <Panel title={title} aside={<Tag tone={tone}>{words}</Tag>}>
      <p className="mb-3 text-ink-soft">{about}</p>
      <QueryState query={strategies} skeleton={<Skeleton className="h-8 w-56" />}>
        {(all) => (
          <Form
            // The strategy in force has changed: the form begins with it.
            key={JSON.stringify([inForce.use, inForce.options])}
            strategies={all}
            inForce={inForce}
            model={model}
          />
        )}
      </QueryState>
    </Panel>
  );
}

interface Draft {
  readonly use: string;
  readonly options: Options;
}

interface FormProps extends Pick<Props, 'inForce' | 'model'> {
  readonly strategies: readonly Strategy[];
}

function Form({ strategies, inForce, model }: FormProps) {
  const [draft, setDraft] = useState<Draft>(inForce);
  // An unfinished text in a field is discarded with the rest.
  const [left, setLeft] = useState(0);
  const leave = (): void => {
    setDraft(inForce);
    setLeft(left + 1);
  };
  const isChanged =
    draft.use !== inForce.use || JSON.stringify(draft.options) !== JSON.stringify(inForce.options);
  const forModel = model === undefined ? '' : ` for ${model}`;
  const apply = useChange({
    act: () =>
      send('POST', 'config/load-balancing', {
        body: { strategy: draft.use, options: draft.options, ...(model === undefined ? {} : { model }) },
      }),
    done: () => `${draft.use} is used${forModel} from the next request on`,
  });
  const takeBack = useChange<void, { readonly strategy: string }>({
    act: () => send('DELETE', 'config/load-balancing', { query: { model } }),
    done: ({ strategy }) => `${strategy} is used${forModel} again`,
    failed: 'The strategy could not be reset',
  });
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        apply.mutate();
      }}
    >
      <StrategyFields
        key={left}
        label={`Strategy${forModel}`}
        strategies={strategies}
        use={draft.use}
        options={draft.options}
        change={(use, options) => setDraft({ use, options })}
      />
      {apply.error && (
        <p role="alert" className="whitespace-pre-wrap text-bad">
          {apply.error.message}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          changes="the gateway"
          look="primary"
          busy={apply.isPending}
          disabled={!isChanged}
        >
          {draft.use === inForce.use ? 'Use these options' : `Use ${draft.use}`}
        </Button>
        {isChanged && (
          <Button look="quiet" onClick={leave}>
            Discard
          </Button>
        )}
        {inForce.from === 'override' && (
          <Button changes="the gateway" busy={takeBack.isPending} onClick={() => takeBack.mutate()}>
            Reset
          </Button>
        )}
      </div>
    </form>
  );
}
