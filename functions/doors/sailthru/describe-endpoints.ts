// The endpoints beside /job that feed jobs, for the OpenAPI document of this door.
import type { Operation, Shape } from '../description.ts';
import { errors, time } from './examples.ts';
import {
  eventOrder,
  listAnswer,
  listErased,
  listOrder,
  listQuery,
  listsAnswer,
  okAnswer,
  purchaseAnswer,
  purchaseMade,
  purchaseOrder,
  purchaseQuery,
  settingsAnswer,
} from './schemas.ts';

export const endpointComponents: Readonly<Record<string, Shape>> = {
  List: { schema: listAnswer, notes: { count: 'About how many people: as imports and exports told last.' } },
  Lists: { schema: listsAnswer },
  ListErased: { schema: listErased },
  ListOrder: {
    schema: listOrder,
    notes: {
      query: 'Makes a smart list: whoever matches it is in it.',
      vars: 'Of the list itself.',
      emails: 'Are brought in by an import, which goes on after the answer.',
    },
  },
  Settings: { schema: settingsAnswer },
  EventOrder: { schema: eventOrder, notes: { id: 'Whose: an address, or another key that `key` names.' } },
  Ok: { schema: okAnswer },
  PurchaseOrder: { schema: purchaseOrder, notes: { incomplete: 'A cart: it ends with the next purchase.' } },
  PurchaseMade: { schema: purchaseMade },
  Purchase: { schema: purchaseAnswer },
};

const friends = {
  list: 'Friends',
  create_time: time,
  send_time: null,
  count: 0,
  type: 'normal',
  primary: true,
  vars: {},
  public_name: 'Our friends',
};
const bought = {
  items: [{ id: 'book-1', title: 'A book', price: 1299, qty: 1, url: 'https://shop.example.com/book-1' }],
  price: 1299,
  qty: 1,
  time,
  unique_id: 'order-1001',
  purchase_keys: { extid: 'order-1001' },
};

export const endpointOperations: readonly Operation[] = [
  {
    id: 'describeList',
    method: 'post',
    path: '/list',
    summary: 'Make a list, or change what is said of it',
    body: { kind: 'form', required: true, component: 'ListOrder' },
    answers: { 200: { component: 'List', text: 'The list after it.' }, ...errors },
    examples: [
      {
        name: 'list',
        summary: 'A list',
        body: { list: 'Friends', primary: 1, public_name: 'Our friends' },
        status: 200,
        answer: friends,
      },
    ],
  },
  {
    id: 'readLists',
    method: 'get',
    path: '/list',
    summary: 'One list, or all',
    query: { schema: listQuery, notes: { list: 'The name of one list; without it and `list_id` all are answered.' } },
    answers: {
      200: { component: 'Lists', text: 'All lists; with `list` or `list_id` that one.' },
      ...errors,
      404: { component: 'Error', text: 'Code 15: there is no such list.' },
    },
    examples: [
      {
        name: 'one',
        summary: 'One list',
        query: { list: 'Friends' },
        status: 200,
        component: 'List',
        answer: { list_id: '6650a1b2c3d4e5f601234590', ...friends },
      },
      {
        name: 'all',
        summary: 'The primary lists',
        query: { primary: '1' },
        status: 200,
        answer: {
          lists: [
            {
              list_id: '6650a1b2c3d4e5f601234590',
              name: 'Friends',
              email_count: 0,
              valid_count: 0,
              create_time: time,
              type: 'normal',
            },
          ],
        },
      },
      {
        name: 'unknown',
        summary: 'A list that is not there',
        query: { list: 'Nowhere' },
        status: 404,
        answer: { error: 15, errormsg: 'Unknown list: Nowhere' },
      },
    ],
  },
  {
    id: 'eraseList',
    method: 'delete',
    path: '/list',
    summary: 'Erase a list',
    description: 'Its members stay as profiles.',
    query: { schema: listQuery.pick({ list: true, list_id: true }) },
    answers: {
      200: { component: 'ListErased', text: 'It is gone.' },
      ...errors,
      404: { component: 'Error', text: 'Code 15: there is no such list.' },
    },
    examples: [
      {
        name: 'erase',
        summary: 'A list',
        query: { list: 'Friends' },
        status: 200,
        answer: { list: 'Friends', ok: true },
      },
    ],
  },
  {
    id: 'readSettings',
    method: 'get',
    path: '/settings',
    summary: 'What the account is set to',
    description: 'Programs call it first, to see whether their key and secret are right.',
    answers: { 200: { component: 'Settings', text: 'The settings.' }, ...errors },
    examples: [
      {
        name: 'settings',
        summary: 'Of the client demo',
        status: 200,
        answer: { id: 'demo', timezone: 'UTC', lists_primary: [] },
      },
    ],
  },
  {
    id: 'makePurchase',
    method: 'post',
    path: '/purchase',
    summary: 'Record a purchase',
    body: { kind: 'form', required: true, component: 'PurchaseOrder' },
    answers: { 200: { component: 'PurchaseMade', text: 'The purchase. Prices are in cents.' }, ...errors },
    examples: [
      {
        name: 'purchase',
        summary: 'One book',
        body: { email: 'ada@example.com', items: bought.items, purchase_keys: { extid: 'order-1001' } },
        status: 200,
        answer: { purchase: { _id: '6650a1b2c3d4e5f601234591', ...bought } },
      },
      {
        name: 'nobody',
        summary: 'A purchase of nobody',
        body: { items: bought.items },
        status: 400,
        answer: { error: 2, errormsg: 'Missing required parameter: email' },
      },
    ],
  },
  {
    id: 'readPurchase',
    method: 'get',
    path: '/purchase',
    summary: 'Look at a purchase',
    query: { schema: purchaseQuery, notes: { purchase_key: '`extid` when the id is your own.' } },
    answers: { 200: { component: 'Purchase', text: 'The purchase, up to a year old.' }, ...errors },
    examples: [
      {
        name: 'purchase',
        summary: 'By your own id',
        query: { purchase_id: 'order-1001', purchase_key: 'extid' },
        status: 200,
        answer: { ...bought, email: 'ada@example.com', user_id: '6650a1b2c3d4e5f601234592' },
      },
    ],
  },
  {
    id: 'tellEvent',
    method: 'post',
    path: '/event',
    summary: 'Tell that somebody did something',
    body: { kind: 'form', required: true, component: 'EventOrder' },
    answers: {
      200: { component: 'Ok', text: "It is told on to the team's other systems." },
      ...errors,
      404: { component: 'Error', text: 'Nobody has that id or key.' },
    },
    examples: [
      {
        name: 'event',
        summary: 'By somebody who is known',
        body: { id: 'ada@example.com', event: 'wrote a review' },
        status: 200,
        answer: { ok: true },
      },
      {
        name: 'unknown',
        summary: 'By nobody',
        body: { id: '0123456789abcdef01234567', key: 'sid', event: 'wrote a review' },
        status: 404,
        answer: { error: 99, errormsg: 'Unknown user: 0123456789abcdef01234567' },
      },
    ],
  },
];
