// What the CDK runs: `npx cdk synth`, with `-c stage=prod` for another stage than the small one. Needs no account and no network.
import { App } from 'aws-cdk-lib';
import { registry } from '../functions/jobs/registry.ts';
import { addStacks } from './stacks.ts';
import { stageOf } from './stage.ts';

const app = new App();
const name: unknown = app.node.tryGetContext('stage');
addStacks(app, stageOf(typeof name === 'string' ? name : 'small'), registry);
