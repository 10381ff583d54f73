import { formatCredits, formatSigned } from '../format.ts';
import type { ChartRow, ChartSeries } from './series.ts';

/** Which colour is what. */
export function ChartLegend({ series }: { series: ChartSeries[] }) {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
      {series.map((one) => (
        <li key={one.id} className="flex items-center gap-1.5">
          <Swatch series={one} /> {one.label}
        </li>
      ))}
    </ul>
  );
}

function Swatch({ series: { colour, isBefore } }: { series: ChartSeries }) {
  return isBefore ? (
    <span aria-hidden className="inline-block w-4 border-t-2 border-dashed" style={{ borderColor: colour }} />
  ) : (
    <span aria-hidden className="inline-block size-2.5 rounded-[3px]" style={{ background: colour }} />
  );
}

interface ChartTooltipProps {
  row: ChartRow;
  series: ChartSeries[];
  unfinishedLabel: string;
  sum?: { label: string; of: (row: ChartRow) => number };
  change?: { label: string; of: (row: ChartRow) => number };
}

/** One bucket in figures, and how far it is from the one before when there is one. */
export function ChartTooltip({ row, series, unfinishedLabel, sum, change }: ChartTooltipProps) {
  const own = series.filter(({ isBefore }) => !isBefore);
  const before = series.filter(({ isBefore }) => isBefore);
  return (
    <div className="min-w-48 rounded-md bg-raised px-3 py-2 text-sm shadow-popup">
      <p className="mb-1 font-medium">
        {row.label}
        {row.isUnfinished && <span className="font-normal text-caution"> · {unfinishedLabel}</span>}
      </p>
      <dl>
        {own.map((one) => (
          <Line key={one.id} row={row} series={one} />
        ))}
        {sum && (
          <div className="mt-1 flex justify-between gap-4 border-t border-line pt-1 font-medium">
            <dt>{sum.label}</dt>
            <dd className="tabular-nums">{formatCredits(sum.of(row))}</dd>
          </div>
        )}
        {before.length > 0 && (
          <div className="mt-1 border-t border-line pt-1">
            {row.before !== undefined && <p className="text-xs text-muted">{row.before}</p>}
            {before.map((one) => (
              <Line key={one.id} row={row} series={one} />
            ))}
            {change && (
              <div className="flex justify-between gap-4 font-medium">
                <dt>{change.label}</dt>
                <dd className="tabular-nums">{formatSigned(change.of(row))}</dd>
              </div>
            )}
          </div>
        )}
      </dl>
    </div>
  );
}

function Line({ row, series }: { row: ChartRow; series: ChartSeries }) {
  const value = row.values[series.id] ?? 0;
  return (
    <div className="flex justify-between gap-4">
      <dt className="flex items-center gap-1.5 text-muted">
        <Swatch series={series} /> {series.label}
      </dt>
      <dd className="tabular-nums">{series.form === 'below' ? formatSigned(value) : formatCredits(value)}</dd>
    </div>
  );
}
