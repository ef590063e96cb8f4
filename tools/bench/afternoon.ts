// The afternoon's loops against the stand-in for AWS, measured as the worker is: the figures that the worker's are divided by.
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Account, exportList, imports, requestsAtOnce } from './afternoon-loops.ts';
import { AwsMeter, costFigures } from './aws-costs.ts';
import { buckets, type StubAddress } from './aws-terms.ts';
import { expectSame, type Figure, type Section } from './figures.ts';
import { withFolder } from './folder.ts';
import { variables, writePeople } from './people.ts';
import { StubProcess } from './stub-process.ts';
import { type Loop, loopNames } from './worker-ratios.ts';

const ways: Record<Loop, string> = {
  updates: `csv-parse into objects, one UpdateItem a row, ${requestsAtOnce.single} in flight; members put in batches of 25.`,
  puts: `csv-parse into objects, put in batches of 25 over what is there, ${requestsAtOnce.batches} batches in flight; members likewise.`,
};

const accountOf = ({ dynamodb, objects }: StubAddress): Account => ({
  dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: dynamodb })),
  s3: new S3Client({ endpoint: objects, forcePathStyle: true }),
  client: 'bench',
  list: '0123456789abcdef01234567',
});

const put = async ({ s3 }: Account, key: string, file: string): Promise<void> => {
  const body = { Body: createReadStream(file), ContentLength: statSync(file).size };
  await s3.send(new PutObjectCommand({ Bucket: buckets.uploads, Key: key, ...body }));
};

const linesIn = async ({ s3 }: Account, key: string): Promise<number> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: buckets.exports, Key: key }));
  return ((await Body?.transformToString()) ?? '').trimEnd().split('\n').length;
};

const run = (loop: Loop, rows: number): Promise<Section> =>
  withFolder(async (folder) => {
    const file = join(folder, 'people.csv');
    writePeople(file, rows);
    const stub = await StubProcess.start();
    try {
      const account = accountOf(stub.address);
      const meter = new AwsMeter(stub);
      await put(account, 'people.csv', file);
      const figures: Figure[] = [];
      for (const label of ['import, new rows', 'import, unchanged rows']) {
        const { result, costs } = await meter.measured(() => imports[loop](account, 'people.csv'));
        expectSame(`${loop}: ${label}`, result, rows);
        figures.push(...costFigures(label, rows, costs));
      }
      const { result, costs } = await meter.measured(() => exportList(account, ['email', ...variables], 'export.csv'));
      expectSame(`${loop}: exported rows`, [result, await linesIn(account, 'export.csv')], [rows, rows + 1]);
      figures.push(...costFigures('export', rows, costs));
      return {
        title: `What an engineer would write in an afternoon, on AWS: ${loopNames[loop]}`,
        notes: [
          `${rows.toLocaleString('en-US')} rows from a file in S3, against the worker's stand-in, with as many requests in flight as the worker has.`,
          ways[loop],
          'No outcomes, no ledger, no rejected rows; a loop that dies begins anew. The export has the columns of the file only,',
          'and reads one page after the other.',
        ],
        figures,
      };
    } finally {
      await stub.stop();
    }
  });

// A process of its own, so that its CPU time and memory are its own. The SDK wants credentials; nobody checks these.
Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'us-east-1' });
process.send?.(await run(process.argv[3] as Loop, Number(process.argv[2])));
process.disconnect?.();
