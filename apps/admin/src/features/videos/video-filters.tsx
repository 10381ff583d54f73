import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { trpc } from '../../api.ts';
import { formatDay, shortId } from '../../format.ts';
import { videosStrings } from '../../strings/videos.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Input, Select } from '../../ui/input.tsx';
import { FilterBar } from '../../ui/page.tsx';
import type { VideosSearch } from './videos-search.ts';

const t = videosStrings;
const statuses = ['pending', 'processing', 'completed', 'failed'] as const;
const types = ['text_to_video', 'image_to_video'] as const;

interface VideoFiltersProps {
  ownerEmail: string | null | undefined;
  /** What can be done with the table, in the same line. */
  children: ReactNode;
}

/** What narrows the list down; what is on shows as chips. */
export function VideoFilters({ ownerEmail, children }: VideoFiltersProps) {
  const search = useSearch({ from: '/app/videos' });
  const { status, type, resolution, account, from, to, sort } = search;
  const navigate = useNavigate({ from: '/videos' });
  const prices = useQuery(trpc.prices.listCreditPrices.queryOptions(undefined, { staleTime: 300_000 }));
  const resolutions = [
    ...new Set([...(prices.data?.items.map((price) => price.resolution) ?? []), ...(resolution ? [resolution] : [])]),
  ];
  const change = (next: Partial<VideosSearch>) =>
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...next }), resetScroll: false });
  const chips = [
    status && { name: t.status, value: strings.statuses[status], off: { status: undefined } },
    type && { name: strings.video.type, value: strings.videoTypes[type], off: { type: undefined } },
    resolution && { name: t.resolution, value: resolution.replace('x', '×'), off: { resolution: undefined } },
    account && { name: strings.video.account, value: ownerEmail ?? shortId(account), off: { account: undefined } },
    from && { name: t.from, value: formatDay(from), off: { from: undefined } },
    to && { name: t.to, value: formatDay(to), off: { to: undefined } },
  ].filter((chip) => typeof chip === 'object');
  return (
    <>
      <FilterBar>
        <Select
          aria-label={t.status}
          value={status ?? ''}
          onChange={(event) => change({ status: statuses.find((value) => value === event.target.value) })}
        >
          <option value="">{t.allStatuses}</option>
          {statuses.map((value) => (
            <option key={value} value={value}>
              {strings.statuses[value]}
            </option>
          ))}
        </Select>
        <Select
          aria-label={strings.video.type}
          value={type ?? ''}
          onChange={(event) => change({ type: types.find((value) => value === event.target.value) })}
        >
          <option value="">{t.allTypes}</option>
          {types.map((value) => (
            <option key={value} value={value}>
              {strings.videoTypes[value]}
            </option>
          ))}
        </Select>
        <Select
          aria-label={t.resolution}
          value={resolution ?? ''}
          onChange={(event) => change({ resolution: event.target.value || undefined })}
        >
          <option value="">{t.allResolutions}</option>
          {resolutions.map((value) => (
            <option key={value} value={value}>
              {value.replace('x', '×')}
            </option>
          ))}
        </Select>
        <label className="flex items-center gap-2 text-sm whitespace-nowrap text-muted">
          {t.fromShort}
          <Input
            aria-label={t.from}
            type="date"
            value={from ?? ''}
            max={to}
            onChange={(event) => change({ from: event.target.value || undefined })}
            className="w-34"
          />
        </label>
        <label className="flex items-center gap-2 text-sm whitespace-nowrap text-muted">
          {t.toShort}
          <Input
            aria-label={t.to}
            type="date"
            value={to ?? ''}
            min={from}
            onChange={(event) => change({ to: event.target.value || undefined })}
            className="w-34"
          />
        </label>
        {/* Wider windows have the head of the table for it. */}
        <Select
          className="md:hidden"
          aria-label={t.order}
          value={sort ?? 'newest'}
          onChange={(event) => change({ sort: event.target.value === 'oldest' ? 'oldest' : undefined })}
        >
          <option value="newest">{t.orders.newest}</option>
          <option value="oldest">{t.orders.oldest}</option>
        </Select>
        {children}
      </FilterBar>
      {chips.length > 0 && (
        <FilterBar>
          {chips.map(({ name, value, off }) => (
            <Chip key={name} name={name} value={value} onRemove={() => change(off)} />
          ))}
          <Button size="sm" variant="ghost" onClick={() => void navigate({ search: { sort } })}>
            {strings.common.clearAll}
          </Button>
        </FilterBar>
      )}
    </>
  );
}
