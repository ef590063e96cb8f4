// /template, for the OpenAPI document of this door.
import type { Operation, Shape } from '../description.ts';
import { errors, time } from './examples.ts';
import {
  templateAnswer,
  templateName,
  templateOrder,
  templateQuery,
  templateRemoved,
  templatesAnswer,
} from './schemas-mail.ts';

export const templateComponents: Readonly<Record<string, Shape>> = {
  TemplateOrder: {
    schema: templateOrder,
    notes: {
      template: 'Its name.',
      is_basic: 'People must get it, such as a receipt: it goes to those who want nothing else.',
      is_disabled: 'Refuses sends.',
      revision: 'Saves the template as it was in that revision.',
    },
  },
  Template: {
    schema: templateAnswer,
    notes: { revision: 'Another, higher number each time that it is saved: no two of an account are the same.' },
  },
  Templates: { schema: templatesAnswer },
  TemplateRemoved: { schema: templateRemoved },
};

const notFound = { 404: { component: 'Error', text: 'Code 14: there is no such template. 99: no such revision.' } };
const unknown = {
  name: 'unknown',
  summary: 'A template that is not there',
  query: { template: 'nowhere' },
  status: 404,
  answer: { error: 14, errormsg: 'Unknown template: nowhere' },
};
const listed = {
  mode: 'email',
  data_feed_url: '',
  teams: [],
  template_id: 10001,
  name: 'welcome',
  labels: ['life cycle'],
  tags: [],
  subject: 'Welcome, {name}',
  modify_time: time,
  is_basic: false,
  is_disabled: false,
};
const from = { from_name: 'Shop', from_email: 'shop@example.com' };
const content = { content_html: '<p>Welcome</p>', content_text: 'Welcome' };
const whole = { ...listed, ...from, ...content, revision: 10001, create_time: time };
const receipt = { name: 'receipt', labels: [], subject: 'Your order', is_basic: true };

export const templateOperations: readonly Operation[] = [
  {
    id: 'saveTemplate',
    method: 'post',
    path: '/template',
    summary: 'Make a template, or its next revision',
    description: 'What is not said stays as it was.',
    body: { kind: 'form', required: true, component: 'TemplateOrder' },
    answers: { 200: { component: 'Template', text: 'The template after it.' }, ...errors, ...notFound },
    examples: [
      {
        name: 'template',
        summary: 'A template',
        body: { template: 'welcome', subject: listed.subject, labels: listed.labels, ...from, ...content },
        status: 200,
        answer: whole,
      },
      {
        name: 'basic',
        summary: 'One that people must get',
        body: { template: 'receipt', subject: receipt.subject, is_basic: 1 },
        status: 200,
        answer: {
          ...whole,
          ...receipt,
          template_id: 10002,
          revision: 10002,
          from_name: '',
          from_email: '',
          content_html: '',
          content_text: '',
        },
      },
    ],
  },
  {
    id: 'readTemplates',
    method: 'get',
    path: '/template',
    summary: 'One template, or all',
    query: {
      schema: templateQuery,
      notes: {
        template: 'The name of one; without it and `revision` all are answered.',
        revision: 'As it was in that revision.',
      },
    },
    answers: {
      200: { component: 'Templates', text: 'All, in order of name; with `template` or `revision` that one.' },
      ...errors,
      ...notFound,
    },
    examples: [
      {
        name: 'one',
        summary: 'One template',
        query: { template: 'welcome' },
        status: 200,
        component: 'Template',
        answer: whole,
      },
      {
        name: 'all',
        summary: 'All templates',
        status: 200,
        answer: { templates: [{ ...listed, ...receipt, template_id: 10002 }, listed] },
      },
      unknown,
    ],
  },
  {
    id: 'removeTemplate',
    method: 'delete',
    path: '/template',
    summary: 'Remove a template with its revisions',
    query: { schema: templateName },
    answers: { 200: { component: 'TemplateRemoved', text: 'It is gone.' }, ...errors, ...notFound },
    examples: [
      {
        name: 'remove',
        summary: 'A template',
        query: { template: 'receipt' },
        status: 200,
        answer: { template: 'receipt', ok: true },
      },
      unknown,
    ],
  },
];
