// The endpoints about one person, for the OpenAPI document of this door.
import type { Operation, Shape } from '../description.ts';
import { errors, time } from './examples.ts';
import {
  emailAnswer,
  emailOrder,
  emailQuery,
  emailSaved,
  userAnswer,
  userName,
  userOrder,
  userQuery,
  userSaved,
} from './schemas-people.ts';

const nameNotes = {
  id: 'An address, a profile id of 24 hex digits, or a key that `key` names.',
  key: 'Without it 24 hex digits are a profile id, anything else an address.',
  fields:
    'Names of what is wanted, each with 1, or in an array: `keys`, `vars`, `lists`, `engagement`, `optout_email`, `activity`, ' +
    '`device`, `lifetime`, `purchases`, `purchase_incomplete`, `smart_lists`, `optout_templates`. The first five are usual.',
};

export const peopleComponents: Readonly<Record<string, Shape>> = {
  UserOrder: {
    schema: userOrder,
    notes: {
      ...nameNotes,
      vars: 'Are set one by one; null removes.',
      delete_vars: 'Names of variables that are removed.',
      lists: 'By name: 1 joins, and makes the list when it is missing; 0 leaves.',
      optout: '`none` takes the wish back to get no mail.',
      optout_email: 'Another word for `optout`.',
      optout_templates: 'Templates whose mail is not wanted; with 0 it is again.',
      signup_date: "In the client's time zone, or Unix time in seconds.",
      keys: 'Other keys of the person; with `email` the address changes.',
      keysconflict: 'When a key is of another person: `merge` makes one of the two, `error` refuses.',
    },
  },
  User: { schema: userAnswer, notes: { lists: 'When they joined which list.' } },
  UserSaved: { schema: userSaved, notes: { ok: 'The fields that were asked for stand before it.' } },
  EmailOrder: {
    schema: emailOrder,
    notes: {
      lists: 'By name: 1 joins, 0 leaves.',
      templates: 'Templates whose mail is not wanted.',
      change_email: 'The new address.',
      send: 'A template by which one mail is to go to the person.',
      send_vars: 'The variables of that mail.',
    },
  },
  Email: { schema: emailAnswer, notes: { verified: 'Nobody is asked here to confirm an address.' } },
  EmailSaved: { schema: emailSaved, notes: { ok: 'With `send` what `/send` answers stands before it.' } },
};

const notFound = { 404: { component: 'Error', text: 'Nobody has that address or key.' } };
const conflict = { 409: { component: 'Error', text: 'Another person has that key or address. Nothing was changed.' } };
const nobody = {
  name: 'unknown',
  summary: 'Nobody',
  status: 404,
  answer: { error: 99, errormsg: 'User not found with email: nobody@example.com' },
};

export const peopleOperations: readonly Operation[] = [
  {
    id: 'saveUser',
    method: 'post',
    path: '/user',
    summary: 'Make or change a person',
    description: 'What is not said stays as it was.',
    body: { kind: 'form', required: true, component: 'UserOrder' },
    answers: { 200: { component: 'UserSaved', text: 'It is saved.' }, ...errors, ...notFound, ...conflict },
    examples: [
      {
        name: 'user',
        summary: 'A person with a variable, a list and a key of your own',
        body: {
          id: 'grace@example.com',
          vars: { city: 'Oslo' },
          lists: { Main: 1 },
          keys: { extid: 'customer-7' },
          fields: { vars: 1 },
        },
        status: 200,
        answer: { vars: { city: 'Oslo' }, ok: true },
      },
      {
        name: 'unclear',
        summary: 'A consent that is none of the words',
        body: { id: 'grace@example.com', optout: 'no' },
        status: 400,
        answer: { error: 99, errormsg: 'Invalid parameter: optout is none of the words all, basic, blast, none' },
      },
    ],
  },
  {
    id: 'readUser',
    method: 'get',
    path: '/user',
    summary: 'Look at a person',
    query: { schema: userQuery, notes: nameNotes },
    answers: { 200: { component: 'User', text: 'The fields that were asked for.' }, ...errors, ...notFound },
    examples: [
      {
        name: 'usual',
        summary: 'By your own key',
        query: { id: 'customer-7', key: 'extid' },
        status: 200,
        answer: {
          keys: { sid: '6650a1b2c3d4e5f601234593', email: 'grace@example.com', extid: 'customer-7' },
          vars: { city: 'Oslo' },
          lists: { Main: time },
          engagement: 'new',
          optout_email: 'none',
        },
      },
      {
        name: 'fields',
        summary: 'Some fields',
        query: { id: 'grace@example.com', fields: '{"activity":1,"lifetime":1,"device":1,"purchases":1}' },
        status: 200,
        answer: {
          activity: {
            signup_time: time,
            create_time: time,
            open_time: null,
            click_time: null,
            login_time: null,
            view_time: null,
            optout_time: null,
          },
          lifetime: {
            lifetime_message: 0,
            lifetime_pv: 0,
            lifetime_open: 0,
            lifetime_click: 0,
            lifetime_purchase: 0,
            lifetime_purchase_price: 0,
          },
          device: { top_device_email: null },
          purchases: [],
        },
      },
      { ...nobody, query: { id: 'nobody@example.com' } },
    ],
  },
  {
    id: 'forgetUser',
    method: 'delete',
    path: '/user',
    summary: 'Forget a person',
    description: 'No key, address or list leads to them any more, and their purchases have no name.',
    query: { schema: userName, notes: { id: nameNotes.id, key: nameNotes.key } },
    answers: { 200: { component: 'Ok', text: 'They are forgotten.' }, ...errors, ...notFound },
    examples: [
      { name: 'forget', summary: 'A person', query: { id: 'grace@example.com' }, status: 200, answer: { ok: true } },
      { ...nobody, query: { id: 'nobody@example.com' } },
    ],
  },
  {
    id: 'saveEmail',
    method: 'post',
    path: '/email',
    summary: 'Make or change a person, the older way',
    body: { kind: 'form', required: true, component: 'EmailOrder' },
    answers: {
      200: { component: 'EmailSaved', text: 'It is saved.' },
      ...errors,
      403: { component: 'Error', text: 'The person does not want the mail of `send`: codes as of `/send`.' },
      404: { component: 'Error', text: 'Code 14: there is no template of the name `send`.' },
      ...conflict,
    },
    examples: [
      {
        name: 'email',
        summary: 'A person with a variable',
        body: { email: 'ada@example.com', vars: { city: 'London' }, lists: { Main: 1 } },
        status: 200,
        answer: { ok: true },
      },
      {
        name: 'noAddress',
        summary: 'Something that is no address',
        body: { email: 'not-an-address' },
        status: 400,
        answer: { error: 11, errormsg: 'Invalid email: not-an-address' },
      },
    ],
  },
  {
    id: 'readEmail',
    method: 'get',
    path: '/email',
    summary: 'Look at a person, the older way',
    query: { schema: emailQuery },
    answers: { 200: { component: 'Email', text: 'The person.' }, ...errors, ...notFound },
    examples: [
      {
        name: 'email',
        summary: 'A person',
        query: { email: 'ada@example.com' },
        status: 200,
        answer: {
          email: 'ada@example.com',
          lists: { Main: 1 },
          lists_signup: { Main: time },
          vars: { city: 'London' },
          optout: 'none',
          verified: 0,
          hardbounce: 0,
          templates: [],
        },
      },
      { ...nobody, query: { email: 'nobody@example.com' } },
    ],
  },
];
