// The dashboard of a stage, top to bottom by the questions of whoever is on call.
import { AlarmStatusWidget, Dashboard, type IWidget, PeriodOverride, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { blame } from './blame.ts';
import { cost } from './cost.ts';
import { hurt } from './hurt.ts';
import type { DashboardProps } from './parts.ts';
import { stuck } from './stuck.ts';

/** The service's limit for one widget. */
const mostAlarms = 100;

/** Adds the dashboard `stevedore-<stage>`. */
export const addDashboard = (scope: Construct, props: DashboardProps): Dashboard =>
  new Dashboard(scope, 'Dashboard', {
    dashboardName: `stevedore-${props.stage.name}`,
    periodOverride: PeriodOverride.AUTO,
    widgets: [head(props), alarms(props), ...stuck(props), ...hurt(props), ...blame(props), ...cost(props)],
  });

const head = ({ stage }: DashboardProps): IWidget[] => [
  new TextWidget({
    markdown:
      `# Stevedore, stage ${stage.name}\n` +
      `Alarms and what to do: ${stage.runbook}. Saved queries of Logs Insights: \`stevedore-${stage.name}/\`, by job and by client.`,
    width: 24,
    height: 2,
  }),
];

/** As many as the widget can hold; those to get up for come first. */
const alarms = ({ alarms: all }: DashboardProps): IWidget[] => {
  const shown = all.slice(0, mostAlarms);
  const height = Math.ceil(shown.length / 8) + 1;
  return [new AlarmStatusWidget({ title: 'Alarms, the urgent ones first', alarms: shown, width: 24, height })];
};
