import { formatCredits, formatSigned } from '../format.ts';
import type { ChartRow, ChartSeries } from './series.ts';

/** Which colour is what. */
export function ChartLegend({ series }: { series: ChartSeries[] }) {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
      {series.map((one) => (
        <li key={one.id} className="flex items-center gap-1.5">
          <Swatch colour={one.colour} /> {one.label}
        </li>
      ))}
    </ul>
  );
}

function Swatch({ colour }: { colour: string }) {
  return <span aria-hidden className="inline-block size-2.5 rounded-[3px]" style={{ background: colour }} />;
}

interface ChartTooltipProps {
  row: ChartRow;
  series: ChartSeries[];
  unfinishedLabel: string;
  sum?: { label: string; of: (row: ChartRow) => number };
}

/** One bucket in figures. */
export function ChartTooltip({ row, series, unfinishedLabel, sum }: ChartTooltipProps) {
  return (
    <div className="min-w-48 rounded-md bg-raised px-3 py-2 text-sm shadow-popup">
      <p className="mb-1 font-medium">
        {row.label}
        {row.isUnfinished && <span className="font-normal text-caution"> · {unfinishedLabel}</span>}
      </p>
      <dl>
        {series.map(({ id, label, colour, form }) => (
          <div key={id} className="flex justify-between gap-4">
            <dt className="flex items-center gap-1.5 text-muted">
              <Swatch colour={colour} /> {label}
            </dt>
            <dd className="tabular-nums">{(form === 'below' ? formatSigned : formatCredits)(row.values[id] ?? 0)}</dd>
          </div>
        ))}
        {sum && (
          <div className="mt-1 flex justify-between gap-4 border-t border-line pt-1 font-medium">
            <dt>{sum.label}</dt>
            <dd className="tabular-nums">{formatCredits(sum.of(row))}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
