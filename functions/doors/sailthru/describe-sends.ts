// /send, for the OpenAPI document of this door.
import type { Operation, Shape } from '../description.ts';
import { errors, time } from './examples.ts';
import { sendAnswer, sendCancelled, sendMade, sendName, sendOrder, sendsMade } from './schemas-mail.ts';

export const sendComponents: Readonly<Record<string, Shape>> = {
  SendOrder: {
    schema: sendOrder,
    notes: {
      email: 'One address or several: between commas, or an array of at most 1,000.',
      vars: 'For every mail.',
      evars: 'By address: for that mail alone.',
      schedule_time: 'At once without it; an object with `start_time` says between which moments.',
      limit: 'Passed on to the sender, as `data_feed_url` is.',
    },
  },
  SendMade: { schema: sendMade },
  SendsMade: { schema: sendsMade, notes: { refused: 'Who was left out, with code and message.' } },
  Send: {
    schema: sendAnswer,
    notes: { refused_code: 'The person was spared when the send fell due: 32, 33, 35 or 37, as for `POST`.' },
  },
  SendCancelled: { schema: sendCancelled },
};

const sendId = 'ZlfM0aBcDeFgHiJk';
const notFound = { 404: { component: 'Error', text: 'Code 12: there is no such send.' } };
const unknown = {
  name: 'unknown',
  summary: 'A send that is not there',
  query: { send_id: 'aaaaaaaaaaaaaaaa' },
  status: 404,
  answer: { error: 12, errormsg: 'Unknown send_id: aaaaaaaaaaaaaaaa' },
};
const made = {
  send_id: sendId,
  email: 'ada@example.com',
  template: 'welcome',
  status: 'scheduled',
  send_key: null,
  schedule_time: time,
};

export const sendOperations: readonly Operation[] = [
  {
    id: 'makeSend',
    method: 'post',
    path: '/send',
    summary: 'Send a mail by a template',
    description: "It is kept here, and told to the team's own sender when it is to go.",
    body: { kind: 'form', required: true, component: 'SendOrder' },
    answers: {
      200: { component: 'SendMade', text: 'The send of one address; of several their sends, and who was left out.' },
      ...errors,
      403: {
        component: 'Error',
        text: 'The one person opted out of everything (32) or of this template (33), bounced (35), or wants basic mail only (37).',
      },
      404: { component: 'Error', text: 'Code 14: there is no such template.' },
      409: { component: 'Error', text: 'The template is disabled.' },
    },
    examples: [
      {
        name: 'one',
        summary: 'To one person, in three hours',
        body: { template: 'welcome', email: 'ada@example.com', vars: { name: 'Ada' }, schedule_time: '+3 hours' },
        status: 200,
        answer: made,
        makes: sendId,
      },
      {
        name: 'several',
        summary: 'To several, at once',
        body: {
          template: 'welcome',
          email: 'ada@example.com,bob@example.com,not-an-address',
          evars: { 'bob@example.com': { name: 'Bob' } },
        },
        status: 200,
        component: 'SendsMade',
        answer: {
          sent_count: 2,
          send_ids: { 'ada@example.com': 'ZlfM0aBcDeFgHiJl', 'bob@example.com': 'ZlfM0aBcDeFgHiJm' },
          template: 'welcome',
          refused: { 'not-an-address': { code: 11, message: 'Invalid email: not-an-address' } },
        },
      },
      {
        name: 'optedOut',
        summary: 'To a person who wants no mail',
        body: { template: 'welcome', email: 'optout@example.com' },
        status: 403,
        answer: { error: 32, errormsg: 'User has opted out of everything: optout@example.com' },
      },
      {
        name: 'noTemplate',
        summary: 'By a template that is not there',
        body: { template: 'nowhere', email: 'ada@example.com' },
        status: 404,
        answer: { error: 14, errormsg: 'Unknown template: nowhere' },
      },
    ],
  },
  {
    id: 'readSend',
    method: 'get',
    path: '/send',
    summary: 'Look at a send',
    description: 'With all that whoever sends it needs. It is kept for 90 days after its time.',
    query: { schema: sendName },
    answers: { 200: { component: 'Send', text: 'What is known of it now.' }, ...errors, ...notFound },
    examples: [
      {
        name: 'scheduled',
        summary: 'A send that is to come',
        query: { send_id: sendId },
        status: 200,
        answer: {
          ...made,
          profile_id: '6650a1b2c3d4e5f601234592',
          template_id: 10001,
          vars: { name: 'Ada' },
          options: {},
        },
      },
      unknown,
    ],
  },
  {
    id: 'cancelSend',
    method: 'delete',
    path: '/send',
    summary: 'Take a scheduled send back',
    query: { schema: sendName },
    answers: {
      200: { component: 'SendCancelled', text: 'It will not be told.' },
      ...errors,
      ...notFound,
      409: { component: 'Error', text: 'Code 41: it was told already, or is being told.' },
    },
    examples: [
      {
        name: 'cancel',
        summary: 'A send that is to come',
        query: { send_id: sendId },
        status: 200,
        answer: { send_id: sendId, ok: true },
      },
      unknown,
    ],
  },
];
