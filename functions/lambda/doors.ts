// All doors in one app: what a function and a container answer with.
import { Hono } from 'hono';
import { appendDoor } from '../doors/append/app.ts';
import { consoleDoor, consolePath } from '../doors/console/app.ts';
import { greenarrowDoor, greenarrowPath } from '../doors/greenarrow/app.ts';
import { sailthruDoor } from '../doors/sailthru/app.ts';
import type { Ports } from '../jobs/ports.ts';
import { answered } from './answered.ts';

/** The door that answers every path comes last. */
export const doorsOf = (ports: Ports): Hono =>
  new Hono()
    .use(answered(ports.log))
    .route(consolePath, consoleDoor(ports))
    .route(greenarrowPath, greenarrowDoor(ports))
    .route('/', appendDoor(ports))
    .route('/', sailthruDoor(ports));
