// What the dashboard is made of: headings that ask a question, graphs, and what every section is given.
import { GraphWidget, type IAlarm, type IMetric, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { JobType } from '../../functions/jobs/define.ts';
import type { LaneSpec } from '../lanes.ts';
import type { StageMetrics } from '../metrics.ts';
import type { Stage } from '../stage.ts';

export interface DashboardProps {
  stage: Stage;
  types: readonly JobType[];
  lanes: readonly LaneSpec[];
  metrics: StageMetrics;
  apiId: string;
  /** Table names by what they hold. */
  tables: Readonly<Record<string, string>>;
  alarms: readonly IAlarm[];
}

/** The dashboard is 24 columns wide. */
const columns = 24;

interface GraphOptions {
  /** In columns; a third of the row when absent. */
  width?: number;
  /** The unit on the left axis. */
  unit?: string;
  /** Whether values pile up: parts of a whole. */
  stacked?: boolean;
  /** A line at a promise or limit. */
  line?: { value: number; label: string };
}

export const graph = (title: string, left: IMetric[], options: GraphOptions = {}): IWidget =>
  new GraphWidget({
    title,
    left,
    width: options.width ?? columns / 3,
    height: 6,
    leftYAxis: { min: 0, showUnits: false, ...(options.unit !== undefined && { label: options.unit }) },
    ...(options.stacked && { stacked: true }),
    ...(options.line && { leftAnnotations: [options.line] }),
  });

/** A question of whoever is on call, and how to read the answer below it. */
export const question = (words: string, how: string): IWidget =>
  new TextWidget({ markdown: `## ${words}\n${how}`, width: columns, height: 2 });

/** Every function of the stage. */
export const shells = (lanes: readonly LaneSpec[]): string[] => [
  'api',
  ...lanes.map(({ name }) => name),
  'dead-letter',
  'sweep',
];
