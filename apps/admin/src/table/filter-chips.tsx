import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';

export interface FilterChip {
  name: string;
  value: string;
  onRemove: () => void;
}

/** The filters that are on, each to be taken off, and all at once. Nothing where none is. */
export function FilterChips({
  chips,
  onClear,
}: {
  chips: readonly (FilterChip | null | false)[];
  onClear: () => void;
}) {
  const shown = chips.filter((chip) => chip !== null && chip !== false);
  if (shown.length === 0) {
    return null;
  }
  return (
    <div className="-mt-1 flex flex-wrap items-center gap-2 px-5 pb-3">
      {shown.map((chip) => (
        <Chip key={`${chip.name} ${chip.value}`} {...chip} />
      ))}
      {shown.length > 1 && (
        <Button size="sm" variant="ghost" onClick={onClear}>
          {strings.common.clearAll}
        </Button>
      )}
    </div>
  );
}
