import type { Ref } from 'react';
import { batchesStrings } from '../../strings/batches.ts';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { BatchPart } from './batch-part.ts';

const t = batchesStrings;
const options = (['all', 'credits', 'percent'] as const).map((value) => ({ value, label: t.parts[value] }));

interface BatchPartFieldProps {
  kind: BatchPart['kind'];
  typed: string;
  isWrong: boolean;
  inputRef: Ref<HTMLInputElement>;
  onKind: (kind: BatchPart['kind']) => void;
  onTyped: (typed: string) => void;
}

/** How much of each charge goes back: all that is left, so many credits, or a percentage. */
export function BatchPartField({ kind, typed, isWrong, inputRef, onKind, onTyped }: BatchPartFieldProps) {
  return (
    <div className="flex flex-col items-start gap-3">
      <Segmented label={t.part} value={kind} options={options} onChange={onKind} />
      {kind !== 'all' && (
        <Field label={t.partLabels[kind]} hint={t.partHints[kind]} error={isWrong ? t.partWrong[kind] : undefined}>
          {(control) => (
            <Input
              {...control}
              ref={inputRef}
              inputMode="numeric"
              autoComplete="off"
              required
              value={typed}
              onChange={(event) => onTyped(event.target.value)}
              className="max-w-32 tabular-nums"
            />
          )}
        </Field>
      )}
    </div>
  );
}
