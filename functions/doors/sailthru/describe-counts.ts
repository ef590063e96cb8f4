// /stats and /ad/plan, for the OpenAPI document of this door.
import type { Operation, Shape } from '../description.ts';
import { errors, time } from './examples.ts';
import {
  adPlanAnswer,
  adPlanOrder,
  adPlanQuery,
  adPlansAnswer,
  blastStats,
  listStats,
  sendStats,
  statsQuery,
} from './schemas-counts.ts';

export const countComponents: Readonly<Record<string, Shape>> = {
  ListStats: {
    schema: listStats,
    notes: { day: "`yyyymmdd` in the client's time zone.", count_time: 'When it was counted.' },
  },
  BlastStats: {
    schema: blastStats,
    notes: { blast_id: 'Totals such as `count`, `open_total`, `click_total` and `optout` stand beside it.' },
  },
  SendStats: {
    schema: sendStats,
    notes: { count: 'Zero, as all of them: mails of templates are counted by whoever sends them.' },
  },
  AdPlanOrder: {
    schema: adPlanOrder,
    notes: {
      schedule: 'Days of the week, such as `Mon`.',
      schedule_days: 'By day (`yyyymmdd`): 1 it runs, -1 it does not, 0 as the week says.',
      zones: 'Names of zones, or an object whose keys are the names.',
    },
  },
  AdPlan: { schema: adPlanAnswer },
  AdPlans: { schema: adPlansAnswer },
};

const plan = {
  plan_id: '6650a1b2c3d4e5f601234596',
  name: 'Spring',
  list: 'Main',
  schedule: ['Mon', 'Wed'],
  schedule_days: { '20240603': -1 },
  zones: ['top'],
  modify_time: time,
};

export const countOperations: readonly Operation[] = [
  {
    id: 'readStats',
    method: 'get',
    path: '/stats',
    summary: 'What was counted of a list, a campaign or a template',
    query: {
      schema: statsQuery,
      notes: {
        stat: 'Of what.',
        list: 'With `list`: its name; without it everyone is counted.',
        date: 'With `list`: a day of which a snapshot was taken; else the last one.',
        blast_id: 'With `blast`: which campaign. The flags ask for parts of its statistics.',
        template: 'With `send`: its name.',
      },
    },
    answers: {
      200: { component: 'ListStats', text: 'The counters.' },
      ...errors,
      400: { component: 'Error', text: 'Not understood. Of a campaign without history: code 99, `not ready yet`.' },
      404: { component: 'Error', text: 'There is no such list, day or campaign.' },
    },
    examples: [
      {
        name: 'list',
        summary: 'A list',
        query: { stat: 'list', list: 'Main' },
        status: 200,
        answer: {
          day: 20240603,
          list: 'Main',
          count_time: time,
          email_count: 2,
          valid_count: 2,
          lists_signup_count: 0,
          lists_remove_count: 0,
          signup_month: {},
          source_count: {},
          source_signup_count: {},
        },
      },
      {
        name: 'blast',
        summary: 'A campaign with two of its parts',
        query: { stat: 'blast', blast_id: '1042', urls: '1', domain: '1' },
        status: 200,
        component: 'BlastStats',
        answer: {
          blast_id: 1042,
          count: 1,
          open_total: 1,
          click_total: 1,
          urls: { 'https://shop.example.com/book-1': { count: 1, click_total: 1 } },
          domain: { 'example.com': { count: 1, open_total: 1, click_total: 1 } },
        },
      },
      {
        name: 'send',
        summary: 'A template',
        query: { stat: 'send', template: 'welcome' },
        status: 200,
        component: 'SendStats',
        answer: { template: 'welcome', count: 0, open_total: 0, click_total: 0, optout: 0 },
      },
      {
        name: 'unknown',
        summary: 'A campaign that is not there',
        query: { stat: 'blast', blast_id: '7' },
        status: 404,
        answer: { error: 99, errormsg: 'Unable to find stats for 7' },
      },
    ],
  },
  {
    id: 'saveAdPlan',
    method: 'post',
    path: '/ad/plan',
    summary: 'Make or change a plan of ads',
    description: 'What is not said stays as it was.',
    body: { kind: 'form', required: true, component: 'AdPlanOrder' },
    answers: { 200: { component: 'AdPlan', text: 'The plan after it.' }, ...errors },
    examples: [
      {
        name: 'plan',
        summary: 'A plan of two days of the week, but for one day',
        body: {
          name: 'Spring',
          list: 'Main',
          schedule: ['Mon', 'Wed'],
          schedule_days: { '20240603': -1 },
          zones: ['top'],
        },
        status: 200,
        answer: plan,
      },
      {
        name: 'noDay',
        summary: 'A day that no week has',
        body: { name: 'Spring', schedule: ['Someday'] },
        status: 400,
        answer: { error: 99, errormsg: 'Invalid schedule' },
      },
    ],
  },
  {
    id: 'readAdPlans',
    method: 'get',
    path: '/ad/plan',
    summary: 'The plans of ads',
    query: { schema: adPlanQuery, notes: { name: 'One of them; a name that nobody has finds none.' } },
    answers: { 200: { component: 'AdPlans', text: 'All in order of name, or the one.' }, ...errors },
    examples: [
      { name: 'one', summary: 'One plan', query: { name: 'Spring' }, status: 200, answer: { ad_plans: [plan] } },
    ],
  },
];
