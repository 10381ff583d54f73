import { useNavigate } from '@tanstack/react-router';
import { browserZone } from '../../format.ts';
import { strings } from '../../strings.ts';
import { usageStrings as t } from '../../strings/usage.ts';
import { FilterChips } from '../../table/filter-chips.tsx';
import { SavedViews } from '../../table/saved-views.tsx';
import { Input, Select } from '../../ui/input.tsx';
import { FilterBar } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { seriesName } from './buckets.ts';
import type { UsagePreset, UsageRange } from './usage-range.ts';
import type { UsageSearch } from './usage-search.ts';
import { useFormats } from './use-usage.ts';

const presets = (['today', '7d', '30d', '90d', '12m'] as const).map((value) => ({ value, label: t.presets[value] }));
const units = (['hour', 'day', 'week', 'month'] as const).map((value) => ({ value, label: t.units[value] }));
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

interface UsageFiltersProps {
  search: UsageSearch;
  range: UsageRange;
  isInvalid: boolean;
}

/** Range, unit, zone and which videos; all of it lives in the address. */
export function UsageFilters({ search, range, isInvalid }: UsageFiltersProps) {
  const navigate = useNavigate({ from: '/usage' });
  const { resolutions, qualities } = useFormats();
  const change = (next: Partial<UsageSearch>) =>
    void navigate({
      search: (before) => ({ ...before, bucket: undefined, key: undefined, kind: undefined, ...next }),
      resetScroll: false,
    });
  const changeDay = (name: 'from' | 'to', value: string) => {
    if (value !== '') {
      change({ from: range.from, to: range.to, range: undefined, [name]: value });
    }
  };
  const isOfVideos = search.section !== 'accounts';
  return (
    <div data-noprint>
      <FilterBar>
        <Segmented<UsagePreset>
          label={t.range}
          value={range.preset}
          options={presets}
          onChange={(preset) => change({ range: preset, from: undefined, to: undefined, unit: undefined })}
        />
        <div className="flex flex-wrap items-center gap-1.5">
          <Input
            type="date"
            aria-label={t.from}
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
            aria-label={t.to}
            aria-invalid={isInvalid || undefined}
            value={range.to}
            min={range.from}
            onChange={(event) => changeDay('to', event.target.value)}
            className="w-36!"
          />
        </div>
        <Segmented label={t.unit} value={range.unit} options={units} onChange={(unit) => change({ unit })} />
        <ZoneSelect zone={range.timeZone} onChange={(zone) => change({ zone })} />
        {isOfVideos && (
          <>
            <Choice
              label={t.type}
              all={t.allTypes}
              value={search.type}
              values={['text_to_video', 'image_to_video']}
              onChange={(type) => change({ type: type as UsageSearch['type'] })}
            />
            <Choice
              label={t.resolution}
              all={t.allResolutions}
              value={search.resolution}
              values={resolutions}
              onChange={(resolution) => change({ resolution })}
            />
            <Choice
              label={t.quality}
              all={t.allQualities}
              value={search.quality}
              values={qualities}
              onChange={(quality) => change({ quality })}
            />
          </>
        )}
        <div className="ml-auto max-sm:ml-0">
          <SavedViews page="usage" />
        </div>
      </FilterBar>
      {isOfVideos && (
        <FilterChips
          chips={[
            search.type !== undefined && {
              name: t.type,
              value: strings.videoTypes[search.type],
              onRemove: () => change({ type: undefined }),
            },
            search.resolution !== undefined && {
              name: t.resolution,
              value: seriesName(search.resolution),
              onRemove: () => change({ resolution: undefined }),
            },
            search.quality !== undefined && {
              name: t.quality,
              value: search.quality,
              onRemove: () => change({ quality: undefined }),
            },
          ]}
          onClear={() => change({ type: undefined, resolution: undefined, quality: undefined })}
        />
      )}
    </div>
  );
}

function ZoneSelect({ zone, onChange }: { zone: string; onChange: (zone: string | undefined) => void }) {
  return (
    <Select
      aria-label={t.zone}
      value={zone}
      onChange={({ target }) => onChange(target.value === browserZone ? undefined : target.value)}
      className="w-48"
    >
      {!zones.includes(browserZone) && <option value={browserZone}>{t.browserZone(browserZone)}</option>}
      {!zones.includes(zone) && zone !== browserZone && <option>{zone}</option>}
      {zones.map((name) => (
        <option key={name} value={name}>
          {name === browserZone ? t.browserZone(name) : name}
        </option>
      ))}
    </Select>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string | undefined;
  values: readonly string[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, all, value, values, onChange }: ChoiceProps) {
  return (
    <Select
      aria-label={label}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value || undefined)}
      className="w-36"
    >
      <option value="">{all}</option>
      {value !== undefined && !values.includes(value) && <option value={value}>{seriesName(value)}</option>}
      {values.map((one) => (
        <option key={one} value={one}>
          {seriesName(one)}
        </option>
      ))}
    </Select>
  );
}
