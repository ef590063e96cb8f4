// DynamoDB expressions put together piece by piece. Names are always placeholders: many good words are reserved.
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Key } from './layout.ts';

type Path = string | readonly [string, string];

/** One update: what to set, remove and add, and on what condition. */
export class Update {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, unknown>();
  readonly #clauses = { SET: [] as string[], REMOVE: [] as string[], ADD: [] as string[] };
  readonly #conditions: string[] = [];

  /** A placeholder for an attribute, or for an entry of a map. */
  path(path: Path): string {
    return [path]
      .flat()
      .map((name) => this.#placeholder(name))
      .join('.');
  }

  /** A placeholder for a value. */
  value(value: unknown): string {
    const placeholder = `:${this.#values.size}`;
    this.#values.set(placeholder, value);
    return placeholder;
  }

  set(path: Path, value: unknown): this {
    this.#clauses.SET.push(`${this.path(path)}=${this.value(value)}`);
    return this;
  }

  remove(path: Path): this {
    this.#clauses.REMOVE.push(this.path(path));
    return this;
  }

  /** Adds a number, or the members of a set. */
  add(path: Path, value: number | Set<number> | Set<string>): this {
    this.#clauses.ADD.push(`${this.path(path)} ${this.value(value)}`);
    return this;
  }

  /** All conditions must hold. */
  when(condition: string): this {
    this.#conditions.push(`(${condition})`);
    return this;
  }

  whenOneOf(path: Path, values: readonly unknown[]): this {
    return this.when(`${this.path(path)} IN (${values.map((value) => this.value(value)).join(',')})`);
  }

  input(table: string, key: Key): UpdateCommandInput {
    const clauses = Object.entries(this.#clauses).filter(([, parts]) => parts.length > 0);
    return {
      TableName: table,
      Key: key,
      ...(clauses.length > 0 && {
        UpdateExpression: clauses.map(([verb, parts]) => `${verb} ${parts.join(',')}`).join(' '),
      }),
      ...(this.#conditions.length > 0 && { ConditionExpression: this.#conditions.join(' AND ') }),
      ...(this.#names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries(
          [...this.#names].map(([name, placeholder]) => [placeholder, name]),
        ),
      }),
      ...(this.#values.size > 0 && { ExpressionAttributeValues: Object.fromEntries(this.#values) }),
    };
  }

  #placeholder(name: string): string {
    const placeholder = this.#names.get(name) ?? `#${this.#names.size}`;
    this.#names.set(name, placeholder);
    return placeholder;
  }
}

/** The answer, or undefined when the condition did not hold. */
export const ifHeld = async <T>(sending: Promise<T>): Promise<T | undefined> => {
  try {
    return await sending;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};
