// Which log codes are counted, and by what: dimensions hold only values of which there are few.

import { outcomes } from '../jobs/job.ts';

/** A metric that a log code makes. */
export interface Count {
  metric: string;
  unit: 'count' | 'ms';
  /** The field that is added up; 1 for each line when absent. */
  value?: string;
  /** Fields of the line that become dimensions, besides the service. */
  dimensions: readonly string[];
}

export const counted: Readonly<Record<string, readonly Count[]>> = {
  'job.accepted': [{ metric: 'JobsAccepted', unit: 'count', dimensions: ['type'] }],
  'job.ended': [
    { metric: 'JobsEnded', unit: 'count', dimensions: ['type', 'state'] },
    { metric: 'Rows', unit: 'count', value: 'rows', dimensions: ['type'] },
    ...outcomes.map(
      (outcome): Count => ({ metric: `Rows_${outcome}`, unit: 'count', value: outcome, dimensions: ['type'] }),
    ),
    { metric: 'ExportBytes', unit: 'count', value: 'bytes', dimensions: ['type'] },
    { metric: 'JobTime', unit: 'ms', value: 'ms', dimensions: ['type'] },
    { metric: 'ReadUnits', unit: 'count', value: 'read_units', dimensions: ['type'] },
    { metric: 'WriteUnits', unit: 'count', value: 'write_units', dimensions: ['type'] },
    { metric: 'CostUsd', unit: 'count', value: 'cost_usd', dimensions: ['type'] },
  ],
  'job.failed': [{ metric: 'JobsFailed', unit: 'count', dimensions: ['type', 'class'] }],
  'ledger.unbalanced': [{ metric: 'LedgersUnbalanced', unit: 'count', dimensions: [] }],
  'report.delivered': [{ metric: 'ReportsDelivered', unit: 'count', dimensions: ['channel'] }],
  'report.failed': [{ metric: 'ReportsFailed', unit: 'count', dimensions: ['channel'] }],
  'sweep.sent_on': [{ metric: 'JobsSentOn', unit: 'count', dimensions: [] }],
  'drop.refused': [{ metric: 'DropsRefused', unit: 'count', dimensions: [] }],
  'drop.unknown_client': [{ metric: 'DropsRefused', unit: 'count', dimensions: [] }],
};
