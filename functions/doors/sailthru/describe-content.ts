// /content, for the OpenAPI document of this door.
import type { Operation, Shape } from '../description.ts';
import { errors, time } from './examples.ts';
import { contentAnswer, contentName, contentOrder, contentQuery, contentsAnswer } from './schemas-content.ts';

const nameNotes = {
  url: 'The URL of the page or product.',
  id: 'The URL or, with `key`, the SKU: in place of `url`.',
  key: 'What `id` is: `url` unless it says `sku`.',
};
const pageNotes = {
  date: 'When it was published.',
  expire_date: 'From then on it is not to be shown.',
  location: 'Longitude and latitude.',
  price: 'In cents.',
  override_exclude: '1, or not there.',
};

export const contentComponents: Readonly<Record<string, Shape>> = {
  ContentOrder: {
    schema: contentOrder,
    notes: { ...nameNotes, ...pageNotes, vars: 'Are set one by one.', keys: 'A SKU by which it is found too.' },
  },
  Content: { schema: contentAnswer, notes: pageNotes },
  Contents: { schema: contentsAnswer },
};

const notFound = { 404: { component: 'Error', text: 'There is no content of that URL or SKU.' } };
const url = 'https://shop.example.com/book-1';
const book = {
  _id: '6650a1b2c3d4e5f601234594',
  url,
  keys: { sku: 'B-1' },
  title: 'A book',
  tags: ['books'],
  price: 1299,
  date: time,
};

export const contentOperations: readonly Operation[] = [
  {
    id: 'saveContent',
    method: 'post',
    path: '/content',
    summary: 'Add or change a page or product',
    description: 'What is not said stays as it was.',
    body: { kind: 'form', required: true, component: 'ContentOrder' },
    answers: { 200: { component: 'Contents', text: 'The content after it, as the only one of an array.' }, ...errors },
    examples: [
      {
        name: 'content',
        summary: 'A book',
        body: { url, title: 'A book', tags: ['books'], price: 1299, keys: { sku: 'B-1' } },
        status: 200,
        answer: { content: [book] },
      },
      {
        name: 'noUrl',
        summary: 'A page that is nowhere',
        body: { title: 'A book' },
        status: 400,
        answer: { error: 99, errormsg: 'You may not insert a content without url' },
      },
    ],
  },
  {
    id: 'readContent',
    method: 'get',
    path: '/content',
    summary: 'Look at content',
    query: {
      schema: contentQuery,
      notes: {
        ...nameNotes,
        items: 'Without a name: how many of those that were published last; 20 unless told, at most 20,000.',
      },
    },
    answers: {
      200: { component: 'Content', text: 'The content of that name; without a name those that were published last.' },
      ...errors,
      ...notFound,
    },
    examples: [
      { name: 'one', summary: 'By its SKU', query: { id: 'B-1', key: 'sku' }, status: 200, answer: book },
      {
        name: 'last',
        summary: 'The last that were published',
        query: { items: '10' },
        status: 200,
        component: 'Contents',
        answer: { content: [book] },
      },
      {
        name: 'unknown',
        summary: 'Content that is not there',
        query: { url: 'https://shop.example.com/nowhere' },
        status: 404,
        answer: { error: 99, errormsg: 'Content not found: https://shop.example.com/nowhere' },
      },
    ],
  },
  {
    id: 'removeContent',
    method: 'delete',
    path: '/content',
    summary: 'Remove content',
    query: { schema: contentName, notes: nameNotes },
    answers: { 200: { component: 'Ok', text: 'It is gone.' }, ...errors, ...notFound },
    examples: [{ name: 'remove', summary: 'A book', query: { url }, status: 200, answer: { ok: true } }],
  },
];
