// Plots over time, drawn by uPlot in the page's own colours; drawn anew when these or the width change.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockTime, compact } from '../lib/format.ts';

interface PlotProps {
  /** [Unix seconds, value], in order of time. */
  points: readonly (readonly [number, number])[];
  /** What the values are: `rows/s`. */
  unit: string;
  kind: 'steps' | 'bars';
  /** The same in words, for those who do not see it. */
  label: string;
}

const height = 200;
/** Distances between marks on the time axis: no two marks read the same. */
const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10_800, 21_600];

export const Plot = ({ points, unit, kind, label }: PlotProps) => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = useRef<uPlot.AlignedData>([[], []]);
  data.current = [points.map(([at]) => at), points.map(([, value]) => value)];
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(element, unit, kind), data.current, element);
      scale(plot.current, kind);
    };
    draw();
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      sizes.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
    };
  }, [unit, kind]);
  useEffect(() => {
    if (!plot.current) return;
    plot.current.setData(data.current, false);
    scale(plot.current, kind);
  }, [points, kind]);
  return <div ref={place} class="plot" role="img" aria-label={label} />;
};

/** Time as wide as the data, values from nothing to a little above the highest. */
const scale = (plot: uPlot, kind: PlotProps['kind']): void => {
  const [times, values] = plot.data as [number[], number[]];
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1];
  const room = kind === 'bars' ? 1800 : Math.max(0.2, (last - first) * 0.01);
  const top = Math.max(1, ...values) * 1.15;
  plot.batch(() => {
    plot.setScale('x', { min: first - room, max: last + room });
    plot.setScale('y', { min: 0, max: top });
  });
};

const optionsFor = (element: HTMLElement, unit: string, kind: PlotProps['kind']): uPlot.Options => {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: colour('--soft'), font, ticks: { show: false }, gap: 8 };
  const paths =
    kind === 'bars' ? uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.15 }) : uPlot.paths.stepped?.({ align: -1 });
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      { ...axis, size: 32, incrs: seconds, grid: { show: false }, values: (_, ticks) => ticks.map(tickOf) },
      {
        ...axis,
        grid: { stroke: colour('--line'), width: 1 },
        size: 64,
        values: (_, ticks) => ticks.map((value) => compact(value)),
      },
    ],
    series: [
      {},
      {
        label: unit,
        stroke: colour('--accent'),
        fill: colour('--accent-wash'),
        width: kind === 'bars' ? 0 : 2,
        points: { show: false },
        ...(paths && { paths }),
        ...(kind === 'bars' && { fill: colour('--accent') }),
      },
    ],
  };
};

/** Hours and minutes; seconds where the plot is short. */
const tickOf = (at: number): string => {
  const seconds = at % 60;
  return seconds === 0 ? clockTime(at * 1000) : `:${String(Math.floor(seconds)).padStart(2, '0')}`;
};
