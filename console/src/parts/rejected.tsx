// Why rows were rejected, and the first of them as they came.
import type { JobAnswer, RejectedAnswer } from '../../../functions/doors/console/schemas.ts';
import type { Api } from '../api/client.ts';
import { sentenceOf } from '../api/problem.ts';
import { count, rows } from '../lib/format.ts';
import { useOnce } from '../lib/once.ts';
import { Card, Notice, ScrollBox } from './basics.tsx';

export const Rejected = ({ api, job }: { api: Api; job: JobAnswer }) => {
  const reasons = Object.entries(job.reasons).toSorted(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, rows]) => sum + rows, 0);
  const file = job.files.rejected;
  const { answer, problem } = useOnce(file && `${job.id} ${file.size}`, () => api.rejected(job.id));
  if (total === 0) return null;
  return (
    <Card title="Rejected rows" aside={<span class="soft">{rows(total)}</span>}>
      <ul class="reasons">
        {reasons.map(([reason, rows]) => (
          <li key={reason}>
            <span class="reason-count">{count(rows)}</span> {reason}
          </li>
        ))}
      </ul>
      {problem !== undefined && <Notice kind="alert">{sentenceOf(problem)}</Notice>}
      {answer && answer.rows.length > 0 && <FirstRows answer={answer} />}
      {!file && <p class="soft small">The first of them are shown once the job has ended.</p>}
      {file?.url !== undefined && (
        <p class="small">
          {answer && answer.rows.length < total && `The first ${answer.rows.length} are shown. `}
          <a href={file.url}>Download all of them</a>, mend them in place, and import that file: it is valid input.
        </p>
      )}
    </Card>
  );
};

const FirstRows = ({ answer }: { answer: RejectedAnswer }) => (
  <ScrollBox label="First rejected rows">
    <table class="table">
      <thead>
        <tr>
          <th scope="col" class="number">
            Line
          </th>
          <th scope="col">Reason</th>
          {answer.columns.map((column, index) => (
            <th key={`${index} ${column}`} scope="col">
              {column || <span class="soft">no name</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row) => (
          <tr key={row.line}>
            <th scope="row" class="number">
              {count(row.line)}
            </th>
            <td class="reason">{row.reason}</td>
            {row.cells.map((cell, index) => (
              <td key={index} class="cell">
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollBox>
);
