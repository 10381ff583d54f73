import { useNavigate } from '@tanstack/react-router';
import { browserZone } from '../../format.ts';
import { strings } from '../../strings.ts';
import { Input, Select } from '../../ui/input.tsx';
import { FilterBar } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { UsagePreset, UsageRange } from './usage-range.ts';
import type { UsageSearch } from './usage-search.ts';

const presets = (['7d', '30d', '90d'] as const).map((value) => ({ value, label: strings.usage.presets[value] }));
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

interface UsageFiltersProps {
  search: UsageSearch;
  range: UsageRange;
  isInvalid: boolean;
}

/** Range, zone and type; all of it lives in the address. */
export function UsageFilters({ search, range, isInvalid }: UsageFiltersProps) {
  const navigate = useNavigate({ from: '/usage' });
  const change = (next: Partial<UsageSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), resetScroll: false });
  const changeDay = (name: 'from' | 'to', value: string) => {
    if (value !== '') {
      change({ from: range.from, to: range.to, range: undefined, [name]: value });
    }
  };
  return (
    <FilterBar>
      <Segmented<UsagePreset>
        label={strings.usage.range}
        value={range.preset}
        options={presets}
        onChange={(preset) => change({ range: preset, from: undefined, to: undefined })}
      />
      <div className="flex flex-wrap items-center gap-1.5">
        <Input
          type="date"
          aria-label={strings.usage.from}
          aria-invalid={isInvalid || undefined}
          value={range.from}
          max={range.to}
          onChange={(event) => changeDay('from', event.target.value)}
          className="w-36!"
        />
        <span aria-hidden className="text-muted max-sm:hidden">
          –
        </span>
        <Input
          type="date"
          aria-label={strings.usage.to}
          aria-invalid={isInvalid || undefined}
          value={range.to}
          min={range.from}
          onChange={(event) => changeDay('to', event.target.value)}
          className="w-36!"
        />
      </div>
      <Select
        aria-label={strings.usage.zone}
        value={range.timeZone}
        onChange={(event) => change({ zone: event.target.value === browserZone ? undefined : event.target.value })}
        className="w-52"
      >
        {!zones.includes(browserZone) && <option value={browserZone}>{strings.usage.browserZone(browserZone)}</option>}
        {!zones.includes(range.timeZone) && range.timeZone !== browserZone && <option>{range.timeZone}</option>}
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone === browserZone ? strings.usage.browserZone(zone) : zone}
          </option>
        ))}
      </Select>
      <Select
        aria-label={strings.usage.type}
        value={search.type ?? ''}
        onChange={(event) => change({ type: (event.target.value || undefined) as UsageSearch['type'] })}
        className="w-36"
      >
        <option value="">{strings.usage.allTypes}</option>
        <option value="text_to_video">{strings.videoTypes.text_to_video}</option>
        <option value="image_to_video">{strings.videoTypes.image_to_video}</option>
      </Select>
    </FilterBar>
  );
}
