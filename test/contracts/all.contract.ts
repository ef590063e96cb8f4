// All suites, by the port that they are about: whoever brings every harness cannot forget one.
import { clientsContract } from './clients.contract.ts';
import type { Harness, Subjects } from './contract.ts';
import { eventsContract } from './events.contract.ts';
import { filesContract } from './files.contract.ts';
import { jobListContract } from './job-list.contract.ts';
import { jobsContract } from './jobs.contract.ts';
import { ledgerContract } from './ledger.contract.ts';
import { listsContract } from './lists.contract.ts';
import { mailContract } from './mail.contract.ts';
import { profileChangesContract } from './profile-changes.contract.ts';
import { profilesContract } from './profiles.contract.ts';
import { ratesContract } from './rates.contract.ts';
import { recordsContract } from './records.contract.ts';
import { ticketsContract } from './tickets.contract.ts';
import { workContract } from './work.contract.ts';

/** Declares every suite. */
export const allContracts = (harnesses: { [Port in keyof Subjects]: Harness<Subjects[Port]> }): void => {
  jobsContract(harnesses.jobs);
  jobListContract(harnesses.jobs);
  ledgerContract(harnesses.jobs);
  profilesContract(harnesses.profiles);
  profileChangesContract(harnesses.profiles);
  listsContract(harnesses.lists);
  recordsContract(harnesses.records);
  filesContract(harnesses.files);
  ticketsContract(harnesses.files);
  workContract(harnesses.work);
  clientsContract(harnesses.clients);
  ratesContract(harnesses.rates);
  eventsContract(harnesses.events);
  mailContract(harnesses.mail);
};
