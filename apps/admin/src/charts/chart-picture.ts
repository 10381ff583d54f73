import type { ChartSeries } from './series.ts';

const SCALE = 2;
const PADDING = 16;
const HEAD = 56;
const drawn = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'opacity',
  'text-anchor',
  'font-family',
  'font-size',
  'font-weight',
];

/**
 * The chart within `box` as a PNG, with its title and legend. Colours come from style sheets, which a picture does
 * not have, so the computed styles are written into a copy first.
 */
export async function chartPicture(box: Element, title: string, series: readonly ChartSeries[]): Promise<Blob> {
  const svg = box.querySelector<SVGSVGElement>('svg.recharts-surface');
  if (!svg) {
    throw new Error('There is no chart here.');
  }
  const { width, height } = svg.getBoundingClientRect();
  const root = getComputedStyle(document.documentElement);
  const colour = (value: string) =>
    value.replace(/^var\((--[\w-]+)\)$/, (_, name: string) => root.getPropertyValue(name));
  const canvas = document.createElement('canvas');
  canvas.width = (width + 2 * PADDING) * SCALE;
  canvas.height = (height + HEAD + 2 * PADDING) * SCALE;
  const context = canvas.getContext('2d');
  if (!context) {
    throw new Error('The browser draws no pictures.');
  }
  context.scale(SCALE, SCALE);
  context.fillStyle = root.getPropertyValue('--surface');
  context.fillRect(0, 0, canvas.width, canvas.height);
  const family = getComputedStyle(document.body).fontFamily;
  context.fillStyle = root.getPropertyValue('--ink');
  context.font = `600 15px ${family}`;
  context.fillText(title, PADDING, PADDING + 14);
  context.font = `13px ${family}`;
  let x = PADDING;
  for (const { label, colour: own, isBefore } of series) {
    context.fillStyle = colour(own);
    if (isBefore) {
      context.fillRect(x, PADDING + 32, 4, 2);
      context.fillRect(x + 6, PADDING + 32, 4, 2);
    } else {
      context.fillRect(x, PADDING + 28, 10, 10);
    }
    context.fillStyle = root.getPropertyValue('--muted');
    context.fillText(label, x + 16, PADDING + 37);
    x += context.measureText(label).width + 36;
  }
  context.drawImage(await asImage(svg, width, height), PADDING, PADDING + HEAD, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large.'))), 'image/png');
  });
}

async function asImage(svg: SVGSVGElement, width: number, height: number): Promise<HTMLImageElement> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, index) => {
    const style = getComputedStyle(originals[index]!);
    drawn.forEach((name) => element.setAttribute(name, style.getPropertyValue(name)));
    element.removeAttribute('style');
  });
  copy.querySelectorAll('.recharts-brush, .recharts-tooltip-cursor').forEach((element) => element.remove());
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}
