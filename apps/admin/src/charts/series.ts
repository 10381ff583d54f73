/** What a chart draws of each bucket. */
export interface ChartSeries {
  id: string;
  label: string;
  /** A colour of the theme, `var(--…)`. */
  colour: string;
  /** Bars stand on each other above the line unless they hang below it; a line has an axis in common with them. */
  form?: 'bar' | 'below' | 'line';
  /** Of the period before: drawn dashed, and told of with the row's `before` as its name. */
  isBefore?: boolean;
}

/** One bucket: what it is called, and its figures by series. */
export interface ChartRow {
  index: number;
  label: string;
  shortLabel: string;
  isUnfinished: boolean;
  values: Record<string, number>;
  /** The stretch that it is compared with. */
  before?: string;
}

const colours = [
  'var(--chart-text)',
  'var(--chart-image)',
  'var(--chart-4)',
  'var(--chart-5)',
  'var(--chart-6)',
  'var(--chart-other)',
];

/** The colour of the n-th series of a breakdown. */
export function seriesColour(n: number): string {
  return colours[n % colours.length]!;
}
