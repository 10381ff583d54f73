import {
  Bar,
  BarChart,
  CartesianGrid,
  ReferenceLine,
  Rectangle,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type BarShapeProps,
  type TooltipContentProps,
} from 'recharts';
import { formatCredits, formatDay, formatShort, formatShortDay, formatSigned } from '../format.ts';
import { strings } from '../strings.ts';
import { cx } from '../ui/cx.ts';

type Series = 'text_to_video' | 'image_to_video' | 'unknown';

export interface ChartDay extends Record<Series, number> {
  day: string;
  used: number;
  refunded: number;
  net: number;
}

const colours: Record<Series | 'refunded', string> = {
  text_to_video: 'var(--chart-text)',
  image_to_video: 'var(--chart-image)',
  unknown: 'var(--chart-other)',
  refunded: 'var(--chart-back)',
};

interface CreditsByDayChartProps {
  days: ChartDay[];
  types: readonly Series[];
  today: string;
  isStale: boolean;
}

/** Credits used above the line, stacked by video type; credits given back below it. */
export function CreditsByDayChart({ days, types, today, isStale }: CreditsByDayChartProps) {
  const hasRefunds = days.some((day) => day.refunded > 0);
  const shape = (props: BarShapeProps) => (
    <Rectangle
      {...props}
      fillOpacity={(props.payload as ChartDay).day === today ? 0.45 : 1}
      stroke="var(--surface)"
      strokeWidth={props.width > 5 ? 1 : 0}
    />
  );
  const rows = days.map((day) => ({ ...day, refundedBelow: -day.refunded }));
  return (
    <div className={cx('transition-opacity', isStale && 'opacity-60')}>
      <Legend types={types} hasRefunds={hasRefunds} />
      <div className="h-[clamp(18rem,calc(100dvh-23rem),30rem)]">
        <ResponsiveContainer width="100%" height="100%" debounce={50}>
          <BarChart
            data={rows}
            stackOffset="sign"
            barCategoryGap="18%"
            margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
            title={strings.usage.chartLabel}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="day"
              tickFormatter={formatShortDay}
              tick={{ fill: 'var(--muted)', fontSize: 12 }}
              tickLine={false}
              axisLine={false}
              minTickGap={28}
              tickMargin={8}
            />
            <YAxis
              width={44}
              tickFormatter={formatShort}
              tick={{ fill: 'var(--muted)', fontSize: 12 }}
              tickLine={false}
              axisLine={false}
              allowDecimals={false}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--hover)' }}
              content={(props) => <ChartTooltip {...props} types={types} today={today} />}
            />
            {types.map((type) => (
              <Bar
                key={type}
                dataKey={type}
                stackId="credits"
                fill={colours[type]}
                shape={shape}
                isAnimationActive={false}
                maxBarSize={40}
              />
            ))}
            {hasRefunds && (
              <Bar
                dataKey="refundedBelow"
                stackId="credits"
                fill={colours.refunded}
                shape={shape}
                isAnimationActive={false}
                maxBarSize={40}
              />
            )}
            <ReferenceLine y={0} stroke="var(--control)" />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

function Legend({ types, hasRefunds }: { types: readonly Series[]; hasRefunds: boolean }) {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
      {types.map((type) => (
        <li key={type} className="flex items-center gap-1.5">
          <Swatch series={type} /> {strings.videoTypes[type]}
        </li>
      ))}
      {hasRefunds && (
        <li className="flex items-center gap-1.5">
          <Swatch series="refunded" /> {strings.usage.refunded}
        </li>
      )}
    </ul>
  );
}

const swatches: Record<Series | 'refunded', string> = {
  text_to_video: 'bg-chart-text',
  image_to_video: 'bg-chart-image',
  unknown: 'bg-chart-other',
  refunded: 'bg-chart-back',
};

function Swatch({ series }: { series: Series | 'refunded' }) {
  return <span aria-hidden className={cx('inline-block size-2.5 rounded-[3px]', swatches[series])} />;
}

type ChartTooltipProps = Pick<TooltipContentProps, 'active' | 'payload'> &
  Pick<CreditsByDayChartProps, 'types' | 'today'>;

function ChartTooltip({ active, payload, types, today }: ChartTooltipProps) {
  const day = payload[0]?.payload as ChartDay | undefined;
  if (!active || !day) {
    return null;
  }
  return (
    <div className="min-w-48 rounded-md bg-raised px-3 py-2 text-sm shadow-popup">
      <p className="mb-1 font-medium">
        {formatDay(day.day)}
        {day.day === today && <span className="font-normal text-caution"> · {strings.usage.unfinished}</span>}
      </p>
      <dl>
        {types.map((type) => (
          <TooltipRow key={type} series={type} label={strings.videoTypes[type]} value={formatCredits(day[type])} />
        ))}
        <TooltipRow series="refunded" label={strings.usage.refunded} value={formatSigned(day.refunded)} />
        <div className="mt-1 flex justify-between gap-4 border-t border-line pt-1 font-medium">
          <dt>{strings.usage.net}</dt>
          <dd className="tabular-nums">{formatCredits(day.net)}</dd>
        </div>
      </dl>
    </div>
  );
}

function TooltipRow({ series, label, value }: { series: Series | 'refunded'; label: string; value: string }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="flex items-center gap-1.5 text-muted">
        <Swatch series={series} /> {label}
      </dt>
      <dd className="tabular-nums">{value}</dd>
    </div>
  );
}
