// Is anything stuck? Jobs that stand still, messages that wait, messages that nobody could handle.
import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { type DashboardProps, graph, question } from './parts.ts';

export const stuck = ({ metrics, lanes, types }: DashboardProps): IWidget[][] => [
  [
    question(
      'Is anything stuck?',
      'Promised: no job stands still for ten minutes, 95 % of small jobs end within two. A queue whose oldest message grows older does not keep up; one that is merely long does.',
    ),
  ],
  [
    graph('Longest time a job has stood still', [metrics.minutes('JobStands', 'longest')], {
      unit: 'minutes',
      line: { value: 10, label: 'promised' },
    }),
    graph('Small jobs in time', [metrics.inTime()], { unit: '%', line: { value: 95, label: 'promised' } }),
    graph('Sent on by the sweeper; messages that nobody could handle', [
      metrics.domain('JobsSentOn', {}, { label: 'sent on' }),
      metrics.domain('MessagesUnknown', {}, { label: 'of another version' }),
      metrics.queue('lost', 'ApproximateNumberOfMessagesVisible', { statistic: 'Maximum', label: 'lost' }),
    ]),
  ],
  [
    graph(
      'Age of the oldest message',
      lanes.map(({ name }) =>
        metrics.queue(name, 'ApproximateAgeOfOldestMessage', { statistic: 'Maximum', label: name }),
      ),
      { unit: 'seconds' },
    ),
    graph(
      'Messages that wait',
      lanes.map(({ name }) =>
        metrics.queue(name, 'ApproximateNumberOfMessagesVisible', { statistic: 'Maximum', label: name }),
      ),
    ),
    graph(
      'Dead letters',
      lanes.map(({ name }) => metrics.queue(`${name}-dead-letters`, 'NumberOfMessagesReceived', { label: name })),
    ),
  ],
  [
    graph(
      'Jobs accepted',
      types.map(({ name }) => metrics.domain('JobsAccepted', { type: name }, { label: name })),
      { stacked: true },
    ),
    graph(
      'Messages in work',
      lanes.map(({ name }) =>
        metrics.queue(name, 'ApproximateNumberOfMessagesNotVisible', { statistic: 'Maximum', label: name }),
      ),
    ),
    graph(
      'Chunks given up, by job type',
      types.map(({ name }) => metrics.domain('MessagesBuried', { type: name }, { label: name })),
    ),
  ],
];
