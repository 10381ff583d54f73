import { FileDown, ImageDown, Printer } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { usageStrings as t } from '../strings/usage.ts';
import { toCsv } from '../table/csv.ts';
import { announce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { saveFile } from '../ui/save-file.ts';
import { toastProblem } from '../ui/toasts.ts';
import { chartPicture } from './chart-picture.ts';
import type { ChartSeries } from './series.ts';

interface ChartCardProps {
  title: string;
  /** The name of the files that it is saved as, without an ending. */
  file: string;
  series: readonly ChartSeries[];
  csv: () => { names: string[]; rows: (string | number | null)[][] };
  note?: ReactNode;
  actions?: ReactNode;
  /** Whether a chart is drawn now, of which a picture can be made. */
  isChart?: boolean;
  children: ReactNode;
}

/** A chart or its table under a title, with what can be done with it: CSV, PNG, print. */
export function ChartCard({ title, file, series, csv, note, actions, isChart = true, children }: ChartCardProps) {
  const box = useRef<HTMLDivElement>(null);
  const saveCsv = () => {
    const { names, rows } = csv();
    saveFile(`${file}.csv`, new Blob([toCsv(names, rows)], { type: 'text/csv' }));
    announce(t.downloaded(`${file}.csv`));
  };
  const savePicture = async () => {
    try {
      saveFile(`${file}.png`, await chartPicture(box.current!, title, series));
      announce(t.downloaded(`${file}.png`));
    } catch {
      toastProblem(t.pictureFailed);
    }
  };
  return (
    <figure className="pb-6" aria-label={title}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 pb-2">
        <h2 className="text-base font-semibold">{title}</h2>
        <div className="flex flex-wrap items-center gap-1" data-noprint>
          {actions}
          <Button variant="ghost" size="sm" title={t.csvHint} onClick={saveCsv}>
            <FileDown aria-hidden className="size-3.5" /> {t.csv}
          </Button>
          {isChart && (
            <Button variant="ghost" size="sm" title={t.pngHint} onClick={() => void savePicture()}>
              <ImageDown aria-hidden className="size-3.5" /> {t.png}
            </Button>
          )}
          <Button variant="ghost" size="sm" onClick={() => print()}>
            <Printer aria-hidden className="size-3.5" /> {t.print}
          </Button>
        </div>
      </div>
      <div ref={box} className={isChart ? 'px-5' : undefined}>
        {children}
      </div>
      {note !== undefined && <figcaption className="mt-2 px-5 text-xs text-muted">{note}</figcaption>}
    </figure>
  );
}
