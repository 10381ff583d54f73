import { count } from '../strings.ts';

/** What can be done with any table. */
export const tableStrings = {
  columns: 'Columns',
  columnsTitle: 'Columns and density',
  density: 'Density',
  densities: { comfortable: 'Comfortable', compact: 'Compact' },
  showAll: 'Show all columns',
  resetWidths: 'Reset widths',
  widthOf: (column: string) => `Width of ${column}`,
  pixels: (value: number) => count(Math.round(value), 'pixel', 'pixels'),
  resizeHint: 'Drag, or use the arrow keys. Double-click or Enter fits the column to what is in it.',
  pageSize: 'Rows on a page',
  pageSizes: (rows: number) => `${rows} rows`,
  views: 'Views',
  viewsTitle: 'Saved views',
  viewsHint: 'A view keeps filters and order of this page, in this browser.',
  noViews: 'None yet.',
  viewName: 'Name of this view',
  saveView: 'Save',
  removeView: (name: string) => `Remove the view ${name}`,
  saved: (name: string) => `Saved the view ${name}.`,
  removed: (name: string) => `Removed the view ${name}.`,
  exportCsv: 'Export CSV',
  exportHint: 'Every row that these filters leave, not only this page.',
};

/** Files that are on their way. */
export const downloadStrings = {
  counting: (file: string) => `${file}: counting rows…`,
  running: (file: string, rows: number) => `${file}: ${count(rows, 'row', 'rows')}`,
  done: (file: string, rows: number) => `${file} saved: ${count(rows, 'row', 'rows')}`,
  failed: (file: string) => `${file} could not be saved`,
  cancel: (file: string) => `Cancel ${file}`,
  dismiss: 'Dismiss',
  progress: (file: string) => `Progress of ${file}`,
  cutShort: 'The connection ended before the last row. Try again.',
  short: (got: number, rows: number) =>
    `Only ${got.toLocaleString('en')} of ${count(rows, 'row', 'rows')} came. Try again.`,
};

/** The box that goes anywhere. */
export const paletteStrings = {
  title: 'Go to',
  placeholder: 'A page, an e-mail, an account id or a video id',
  placeholderAnalyst: 'A page, an account id or a video id',
  pages: 'Pages',
  accounts: 'Accounts',
  videos: 'Videos',
  actions: 'Actions',
  searching: 'Searching…',
  nothing: (text: string) => `Nothing matches “${text}”.`,
  hint: 'Arrow keys choose, Enter opens, Esc closes.',
  ofVideo: (id: string) => `Account of video ${id}`,
  results: (value: number) => count(value, 'result', 'results'),
};
