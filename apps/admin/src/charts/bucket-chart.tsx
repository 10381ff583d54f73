import { useEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import {
  Bar,
  Brush,
  CartesianGrid,
  ComposedChart,
  Line,
  Rectangle,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type BarShapeProps,
  type TooltipContentProps,
} from 'recharts';
import { formatShort } from '../format.ts';
import { cx } from '../ui/cx.ts';
import { ChartLegend, ChartTooltip } from './chart-parts.tsx';
import type { ChartRow, ChartSeries } from './series.ts';

interface BucketChartProps {
  title: string;
  rows: ChartRow[];
  series: ChartSeries[];
  isStale: boolean;
  /** A sum under the tooltip's lines. */
  sum?: { label: string; of: (row: ChartRow) => number };
  /** How far a bucket is from the one of the period before. */
  change?: { label: string; of: (row: ChartRow) => number };
  /** A bar, or a whole bucket, was pressed. */
  onOpen?: (row: ChartRow, seriesId: string | null) => void;
  /** A part of the range was marked; `null` when it is the whole again. */
  onBrush?: (part: { first: number; last: number } | null) => void;
  brushLabel?: string;
  unfinishedLabel: string;
  height?: string;
}

const tick = { fill: 'var(--muted)', fontSize: 12 };
const BRUSH_FROM = 15;

/** Figures by bucket: bars on each other above the line, what came back below it, and lines over them. */
export function BucketChart(props: BucketChartProps) {
  const { title, rows, series, isStale, sum, change, onOpen, onBrush, brushLabel, unfinishedLabel } = props;
  const active = useRef<ChartRow | null>(null);
  const remember = (row: ChartRow | null) => {
    active.current = row;
  };
  const openActive = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && active.current && onOpen && !(event.target as Element).closest('.recharts-brush')) {
      event.preventDefault();
      onOpen(active.current, null);
    }
  };
  // Labels may be there twice, where clocks are put back; places are not.
  const nameOf = (index: number) => rows[index]?.shortLabel ?? '';
  const shape = (bar: BarShapeProps) => (
    <Rectangle
      {...bar}
      fillOpacity={(bar.payload as ChartRow).isUnfinished ? 0.45 : 1}
      stroke="var(--surface)"
      strokeWidth={bar.width > 5 ? 1 : 0}
    />
  );
  const openBar = (seriesId: string) => (bar: { payload?: unknown }, _: number, event: MouseEvent) => {
    event.stopPropagation();
    onOpen?.(bar.payload as ChartRow, seriesId);
  };
  return (
    <div className={cx('transition-opacity', isStale && 'opacity-60')}>
      <ChartLegend series={series} />
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Enter bubbles up from the chart, which has the focus. */}
      <div
        className={cx(
          props.height ?? 'h-[clamp(18rem,calc(100dvh-27rem),28rem)]',
          onOpen && '[&_.recharts-bar-rectangle]:cursor-pointer',
        )}
        onKeyDown={openActive}
      >
        <ResponsiveContainer width="100%" height="100%" debounce={50}>
          <ComposedChart
            data={rows}
            stackOffset="sign"
            barCategoryGap="18%"
            margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
            title={title}
            {...(onOpen && { onClick: () => active.current && onOpen(active.current, null) })}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="index"
              tickFormatter={nameOf}
              tick={tick}
              tickLine={false}
              axisLine={false}
              minTickGap={28}
              tickMargin={8}
            />
            <YAxis
              width={44}
              tickFormatter={formatShort}
              tick={tick}
              tickLine={false}
              axisLine={false}
              allowDecimals={false}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--hover)' }}
              content={(content: Pick<TooltipContentProps, 'active' | 'payload'>) => (
                <Active {...content} onActive={remember}>
                  {(row) => (
                    <ChartTooltip
                      row={row}
                      series={series}
                      unfinishedLabel={unfinishedLabel}
                      {...(sum && { sum })}
                      {...(change && { change })}
                    />
                  )}
                </Active>
              )}
            />
            {series.map((one) =>
              one.form === 'line' ? (
                <Line
                  key={one.id}
                  dataKey={(row: ChartRow) => row.values[one.id] ?? 0}
                  name={one.label}
                  stroke={one.colour}
                  strokeWidth={2}
                  dot={false}
                  type={one.isBefore ? 'linear' : 'monotone'}
                  {...(one.isBefore && { strokeDasharray: '5 4' })}
                  isAnimationActive={false}
                />
              ) : (
                <Bar
                  key={one.id}
                  dataKey={(row: ChartRow) => (one.form === 'below' ? -1 : 1) * (row.values[one.id] ?? 0)}
                  name={one.label}
                  stackId="all"
                  fill={one.colour}
                  shape={shape}
                  isAnimationActive={false}
                  maxBarSize={40}
                  {...(onOpen && { onClick: openBar(one.id) })}
                />
              ),
            )}
            <ReferenceLine y={0} stroke="var(--control)" />
            {onBrush && rows.length >= BRUSH_FROM && (
              <Brush
                dataKey="index"
                tickFormatter={nameOf}
                height={26}
                travellerWidth={9}
                stroke="var(--control)"
                fill="var(--page)"
                {...(brushLabel !== undefined && { ariaLabel: brushLabel })}
                onChange={({ startIndex, endIndex }) =>
                  onBrush(
                    startIndex === 0 && endIndex === rows.length - 1 ? null : { first: startIndex, last: endIndex },
                  )
                }
              />
            )}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

interface ActiveProps extends Pick<TooltipContentProps, 'active' | 'payload'> {
  onActive: (row: ChartRow | null) => void;
  children: (row: ChartRow) => React.ReactNode;
}

// The chart keeps to itself which bucket is under the pointer or chosen by the arrow keys; its tooltip is told.
function Active({ active, payload, onActive, children }: ActiveProps) {
  const row = active ? ((payload[0]?.payload as ChartRow | undefined) ?? null) : null;
  useEffect(() => {
    onActive(row);
  });
  return row === null ? null : children(row);
}
