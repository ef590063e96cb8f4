// Which log codes are counted, and by what: dimensions hold only values of which there are few.

import { outcomes } from '../jobs/job.ts';

/** A metric that a log code makes. */
export interface Count {
  metric: string;
  unit: 'count' | 'ms' | 'bytes';
  /** The field that is added up; 1 for each line when absent. A line without the field does not count. */
  value?: string;
  /** Fields of the line that become dimensions, besides the service. */
  dimensions: readonly string[];
}

/** Of a job's end, by its type. */
const ofEnd = (metric: string, value: string, unit: Count['unit'] = 'count'): Count => ({
  metric,
  unit,
  value,
  dimensions: ['type'],
});

/** Of an answer, by its door. */
const ofAnswer = (metric: string, value?: string, unit: Count['unit'] = 'count'): Count => ({
  metric,
  unit,
  ...(value !== undefined && { value }),
  dimensions: ['door'],
});

export const counted: Readonly<Record<string, readonly Count[]>> = {
  'request.answered': [
    ofAnswer('Requests'),
    ofAnswer('RequestsRefused', 'refused'),
    ofAnswer('RequestsLimited', 'limited'),
    ofAnswer('RequestsFailed', 'failed'),
    ofAnswer('RequestTime', 'ms', 'ms'),
  ],
  'job.accepted': [{ metric: 'JobsAccepted', unit: 'count', dimensions: ['type'] }],
  'job.ended': [
    { metric: 'JobsEnded', unit: 'count', dimensions: ['type', 'state'] },
    ofEnd('Rows', 'rows'),
    ofEnd('RowsExported', 'exported'),
    ...outcomes.map((outcome) => ofEnd(`Rows_${outcome}`, outcome)),
    ofEnd('ExportBytes', 'bytes', 'bytes'),
    ofEnd('JobTime', 'ms', 'ms'),
    ofEnd('ReadUnits', 'read_units'),
    ofEnd('WriteUnits', 'write_units'),
    ofEnd('CostUsd', 'cost_usd'),
    { metric: 'SmallJobs', unit: 'count', value: 'small', dimensions: [] },
    { metric: 'SmallJobsLate', unit: 'count', value: 'late', dimensions: [] },
  ],
  'job.failed': [{ metric: 'JobsFailed', unit: 'count', dimensions: ['type', 'class'] }],
  'ledger.unbalanced': [{ metric: 'LedgersUnbalanced', unit: 'count', dimensions: [] }],
  'message.buried': [{ metric: 'MessagesBuried', unit: 'count', dimensions: ['type'] }],
  'message.unknown': [{ metric: 'MessagesUnknown', unit: 'count', dimensions: [] }],
  'report.delivered': [{ metric: 'ReportsDelivered', unit: 'count', dimensions: ['channel'] }],
  'report.failed': [{ metric: 'ReportsFailed', unit: 'count', dimensions: ['channel'] }],
  'sweep.sent_on': [
    { metric: 'JobsSentOn', unit: 'count', dimensions: [] },
    { metric: 'JobStands', unit: 'ms', value: 'stands_ms', dimensions: [] },
  ],
  'drop.refused': [{ metric: 'DropsRefused', unit: 'count', dimensions: [] }],
  'drop.unknown_client': [{ metric: 'DropsRefused', unit: 'count', dimensions: [] }],
};
