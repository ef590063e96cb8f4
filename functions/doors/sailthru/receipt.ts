// What a job took, as this protocol shows it: a key of our own that clients may leave aside.
import type { Job } from '../../jobs/job.ts';
import { prices } from '../../jobs/reports/prices.ts';
import { receiptOf } from '../../jobs/reports/receipt.ts';

/** Numbers in JSON without the noise of binary fractions. */
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** The key `receipt` of an ended job; of a plan also what its changes would cost. */
export const receiptAnswer = (job: Job): Record<string, unknown> => {
  const receipt = receiptOf(job);
  if (!receipt) return {};
  const { seconds, rowsPerSecond, usage, costUsd, plannedCostUsd } = receipt;
  return {
    ...(plannedCostUsd !== undefined && {
      planned: { write_units: usage.plannedUnits, cost_usd: rounded(plannedCostUsd, 6) },
    }),
    receipt: {
      seconds: Object.fromEntries(Object.entries(seconds).map(([phase, value]) => [phase, rounded(value, 3)])),
      rows_per_second: rowsPerSecond,
      read_units: usage.readUnits,
      write_units: usage.writeUnits,
      requests: usage.requests,
      bytes_read: usage.bytesRead,
      bytes_written: usage.bytesWritten,
      cost_usd: rounded(costUsd, 6),
      prices: `${prices.region} ${prices.date}`,
    },
  };
};
