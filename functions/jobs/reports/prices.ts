// What AWS asks for what a job uses, in US dollars: one place, with its date. Taxes, discounts and free tiers left out.

/**
 * us-east-1, on demand, Arm functions. Written down on this day without a look at AWS's own price list, which could not be reached:
 * compare before you rely on them.
 */
export const prices = {
  date: '2026-11-27',
  region: 'us-east-1',
  /** DynamoDB on demand, standard tables. */
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  /** S3 standard: PUT, COPY, POST and LIST; GET and all others. */
  put: 0.005 / 1e3,
  get: 0.0004 / 1e3,
  /** SQS standard queues. */
  message: 0.4 / 1e6,
  /** Lambda on Arm, for each GB-second. */
  gbSecond: 0.0000133334,
} as const;
