// Resolves what templates say by intrinsic functions: names, ARNs, and what one stack takes from another.
import type { Resources } from './synthesize.ts';

export const region = 'us-east-1';
export const account = '000000000000';

export const queueArn = (name: string): string => `arn:aws:sqs:${region}:${account}:${name}`;

/** The values of one stack. An intrinsic function that our templates do not use is an error, not a guess. */
export class Values {
  readonly #resources: Resources;
  readonly #queueUrl: (name: string) => string;
  readonly #exported: ReadonlyMap<string, unknown>;

  constructor(resources: Resources, queueUrl: (name: string) => string, exported: ReadonlyMap<string, unknown>) {
    this.#resources = resources;
    this.#queueUrl = queueUrl;
    this.#exported = exported;
  }

  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (typeof value !== 'object' || value === null) return value;
    const [entry, ...more] = Object.entries(value);
    if (entry && more.length === 0) {
      const [name, argument] = entry;
      if (name === 'Ref') return this.refOf(String(argument));
      if (name === 'Fn::GetAtt') return this.#attribute(argument as [string, string]);
      if (name === 'Fn::ImportValue') return this.#import(String(argument));
      if (name === 'Fn::Join') {
        const [glue, parts] = argument as [string, unknown[]];
        return parts.map((part) => String(this.resolve(part))).join(glue);
      }
      if (name === 'Fn::Sub' && typeof argument === 'string')
        return argument.replaceAll(/\$\{([^}]+)\}/g, (_, id: string) => this.refOf(id));
      if (name.startsWith('Fn::')) throw new Error(`${name} is not known to this bench`);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item)]));
  }

  /** What `Ref` gives: the name under which the bench makes the thing, or a queue's URL. */
  refOf(id: string): string {
    const pseudo = {
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
    }[id];
    if (pseudo !== undefined) return pseudo;
    const { Type, Properties = {} } = this.#resource(id);
    if (Type === 'AWS::SQS::Queue') return this.#queueUrl(String(Properties.QueueName));
    if (Type === 'AWS::Lambda::Function') return String(Properties.FunctionName);
    if (Type === 'AWS::SES::EmailIdentity') return String(this.resolve(Properties.EmailIdentity));
    return id.toLowerCase();
  }

  #attribute([id, name]: [string, string]): string {
    const { Type, Properties = {} } = this.#resource(id);
    if (name !== 'Arn') return `${id}.${name}`;
    if (Type === 'AWS::SQS::Queue') return queueArn(String(Properties.QueueName));
    if (Type === 'AWS::Lambda::Function')
      return `arn:aws:lambda:${region}:${account}:function:${Properties.FunctionName}`;
    if (Type === 'AWS::KMS::Key') return `arn:aws:kms:${region}:${account}:key/${id}`;
    return `arn:aws:${Type}:${id.toLowerCase()}`;
  }

  #resource(id: string): Resources[string] {
    const resource = this.#resources[id];
    if (!resource) throw new Error(`no resource ${id}`);
    return resource;
  }

  #import(name: string): unknown {
    if (!this.#exported.has(name)) throw new Error(`nothing is exported as ${name}`);
    return this.#exported.get(name);
  }
}
