// /blast, for the OpenAPI document of this door.
import type { Operation, Shape } from '../description.ts';
import { errors, time } from './examples.ts';
import { blastAnswer, blastErased, blastName, blastOrder, blastQuery, blastsAnswer } from './schemas-blasts.ts';

export const blastComponents: Readonly<Record<string, Shape>> = {
  BlastOrder: {
    schema: blastOrder,
    notes: {
      blast_id: 'Changes this one; without it one is made.',
      name: 'A draft needs nothing else.',
      list: 'Needed to schedule, as are `from_name`, `from_email`, `subject` and a content.',
      suppress_list: 'One list whose members do not get it, or an array of them.',
      schedule_time: 'When it is to go, such as `+3 hours`; the empty text takes the schedule back.',
      copy_blast: 'A campaign that brings what the call does not say.',
      copy_template: 'A template that does.',
      status: '`sending` and `sent` are said by whoever sends it.',
      imported: 'With `blast_id`: makes one that had this id elsewhere.',
      vars: 'Kept and shown again, as is much that only a sender understands: `mode`, `replyto`, `abtest` and the like.',
    },
  },
  Blast: { schema: blastAnswer, notes: { stats: 'What was counted; what is missing is zero.' } },
  Blasts: {
    schema: blastsAnswer,
    notes: { blast_count: 'Of all campaigns, as the counts before it.', filtered_count: 'Of those that fit.' },
  },
  BlastErased: { schema: blastErased },
};

const blastId = '1042001';
const noBlast = { 404: { component: 'Error', text: 'Code 13: there is no such campaign. Code 14: no such template.' } };
const unknownBlast = {
  name: 'unknown',
  summary: 'A campaign that is not there',
  query: { blast_id: '999999999' },
  status: 404,
  answer: { error: 13, errormsg: 'Unknown blast_id: 999999999' },
};
const sender = { list: 'Main', subject: 'Hello', from_name: 'Shop', from_email: 'shop@example.com' };
const content = { content_html: '<p>Hello</p>', content_text: 'Hello' };
const unscheduled = {
  mode: 'email',
  blast_id: Number(blastId),
  name: 'June',
  ...sender,
  status: 'scheduled',
  labels: [],
  sent_count: 0,
  email_count: 0,
  create_time: time,
  modify_time: time,
  stats: { total: { count: 0 } },
};
const listed = { ...unscheduled, schedule_time: time };

export const blastOperations: readonly Operation[] = [
  {
    id: 'saveBlast',
    method: 'post',
    path: '/blast',
    summary: 'Make, change or schedule a campaign',
    description:
      "What is not said stays as it was; the empty text takes a value away. Mail is sent by the team's own sender.",
    body: { kind: 'form', required: true, component: 'BlastOrder' },
    answers: {
      200: { component: 'Blast', text: 'The campaign after it.' },
      ...errors,
      ...noBlast,
      409: { component: 'Error', text: 'It is being sent or was, or the id of `imported` is taken.' },
    },
    examples: [
      {
        name: 'scheduled',
        summary: 'A campaign that is to go in three hours',
        body: { name: 'June', ...sender, ...content, schedule_time: '+3 hours' },
        status: 200,
        answer: { ...listed, ...content },
        makes: blastId,
      },
      {
        name: 'imported',
        summary: 'A campaign that another system sent',
        body: { blast_id: 1043, imported: 1, name: 'May', list: 'Main', status: 'sent', start_time: '2024-05-01' },
        status: 200,
        answer: {
          ...unscheduled,
          blast_id: 1043,
          name: 'May',
          status: 'sent',
          start_time: time,
          stop_time: time,
          subject: '',
          from_name: '',
          from_email: '',
          content_html: '',
          content_text: '',
        },
      },
      {
        name: 'noName',
        summary: 'A campaign without a name',
        body: { list: 'Main' },
        status: 400,
        answer: { error: 2, errormsg: 'Missing required parameter: name' },
      },
    ],
  },
  {
    id: 'readBlasts',
    method: 'get',
    path: '/blast',
    summary: 'One campaign, or those of a status',
    query: {
      schema: blastQuery,
      notes: {
        blast_id: 'One campaign; without it those of `status`.',
        status: 'Needed without `blast_id`.',
        start_date: 'By the moment that the status is about; is taken in.',
        end_date: 'Is not taken in: for a day ask with the next one.',
        limit: '20 unless told; 0 for all.',
      },
    },
    answers: {
      200: { component: 'Blasts', text: 'A page, newest first; with `blast_id` the campaign.' },
      ...errors,
      ...noBlast,
    },
    examples: [
      {
        name: 'one',
        summary: 'One campaign',
        query: { blast_id: blastId },
        status: 200,
        component: 'Blast',
        answer: { ...listed, ...content },
      },
      {
        name: 'scheduled',
        summary: 'What is to go',
        query: { status: 'scheduled', limit: '10' },
        status: 200,
        answer: {
          unscheduled_count: 0,
          scheduled_count: 1,
          sending_count: 0,
          sent_count: 0,
          blast_count: 1,
          status: 'scheduled',
          skip: 0,
          blasts: [listed],
          filtered_count: 1,
        },
      },
      unknownBlast,
    ],
  },
  {
    id: 'eraseBlast',
    method: 'delete',
    path: '/blast',
    summary: 'Remove a campaign',
    query: { schema: blastName },
    answers: {
      200: { component: 'BlastErased', text: 'It is gone.' },
      ...errors,
      ...noBlast,
      409: { component: 'Error', text: 'Code 41: it is being sent or was.' },
    },
    examples: [
      {
        name: 'erase',
        summary: 'A campaign that has not gone out',
        query: { blast_id: blastId },
        status: 200,
        answer: { ok: true, blast_id: Number(blastId) },
      },
      unknownBlast,
    ],
  },
];
