import { useId } from 'react';

interface RadioCardsProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; text: string }[];
  onChange: (value: Value) => void;
}

/** A choice between a few things that each need a sentence. */
export function RadioCards<Value extends string>({ label, value, options, onChange }: RadioCardsProps<Value>) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      <div className="flex flex-col gap-2">
        {options.map((option) => (
          <label
            key={option.value}
            className="grid cursor-pointer grid-cols-[auto_1fr] items-start gap-x-2.5 rounded-md border border-line px-3 py-2 text-sm hover:border-control has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              aria-describedby={`${name}-${option.value}`}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span className="font-medium">{option.label}</span>
            <span id={`${name}-${option.value}`} className="col-start-2 text-xs text-muted">
              {option.text}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
