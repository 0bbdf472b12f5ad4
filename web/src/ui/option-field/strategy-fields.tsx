import type { Strategy } from '../../api/balancing.ts';
import type { Options } from '../../api/types.ts';
import { Select } from '../select.tsx';
import { OptionField } from './option-field.tsx';

interface Props {
  readonly label: string;
  readonly strategies: readonly Strategy[];
  readonly use: string;
  readonly options: Options;
  readonly change: (use: string, options: Options) => void;
}

/** A strategy and its options; one of these may be another strategy, with its own. */
export function StrategyFields({ label, strategies, use, options, change }: Props) {
  const strategy = strategies.find(({ name }) => name === use);
  const fields = Object.entries(strategy?.options.properties ?? {});
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Select
          label={label}
          value={use}
          onChange={(next) => next === use || change(next, {})}
          choices={strategies.map(({ name, standard }) => ({
            value: name,
            label: standard ? `${name} (default)` : name,
          }))}
          className="w-56"
        />
        <p className="min-w-0 flex-1 basis-60 text-ink-soft">{strategy?.description}</p>
      </div>
      {fields.length > 0 && (
        <div className="grid gap-x-6 gap-y-3 border-l-2 pl-3 sm:grid-cols-2">
          {fields.map(([name, schema]) => (
            <OptionField
              key={`${use} ${name}`}
              name={name}
              schema={schema}
              value={options[name] ?? schema.default}
              strategies={strategies}
              change={(value) => change(use, withOption(options, name, value))}
            />
          ))}
        </div>
      )}
    </div>
  );
}

/** A removed option is not sent: the strategy then has its default. */
function withOption(options: Options, name: string, value: unknown): Options {
  const { [name]: _, ...others } = options;
  return value === undefined ? others : { ...others, [name]: value };
}
