// Reads DynamoDB's expressions, token by token. What is not known here throws, and so ends the bench.
import type { Item, Value } from './dynamo-items.ts';

/** An expression that DynamoDB would refuse, or that this stub does not know. */
export class InvalidExpression extends Error {
  override readonly name = 'InvalidExpression';
}

/** What stands for names and values in an expression. */
export interface Placeholders {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value>;
}

const token = /\s*(<>|<=|>=|[=<>(),.+\-[\]]|[#:]?\w+)/y;
const tokenised = new Map<string, string[]>();

/** The tokens of an expression; the same few texts come again and again. */
export const tokensOf = (text: string): string[] => {
  const known = tokenised.get(text);
  if (known) return known;
  const tokens: string[] = [];
  for (token.lastIndex = 0; token.lastIndex < text.trimEnd().length; ) {
    const found = token.exec(text)?.[1];
    if (found === undefined) throw new InvalidExpression(`cannot read ${text}`);
    tokens.push(found);
  }
  if (tokenised.size < 1_000) tokenised.set(text, tokens);
  return tokens;
};

export type Path = (string | number)[];

/** What lies at a path. */
export const follow = (item: Item, path: Path): Value | undefined =>
  path.reduce<Value | undefined>(
    (value, step) => {
      if (typeof step === 'number') return value?.L?.[step];
      return value?.M && Object.hasOwn(value.M, step) ? value.M[step] : undefined;
    },
    { M: item },
  );

const same = (one: Value | undefined, other: Value | undefined): boolean =>
  one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other);

/** Below, at or above 0; undefined when the two cannot be compared. */
const order = (one: Value | undefined, other: Value | undefined): number | undefined => {
  if (one?.N !== undefined && other?.N !== undefined) return Number(one.N) - Number(other.N);
  const [a, b] = [one?.S, other?.S];
  if (a === undefined || b === undefined) return undefined;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
};

const sizeOf = ({ S, M, L, SS, NS }: Value): number =>
  S !== undefined ? Buffer.byteLength(S) : Object.keys(M ?? L ?? SS ?? NS ?? {}).length;

const comparators: Record<string, (one: Value | undefined, other: Value | undefined) => boolean> = {
  '=': same,
  '<>': (one, other) => !same(one, other),
  '<': (one, other) => (order(one, other) ?? 1) < 0,
  '<=': (one, other) => (order(one, other) ?? 1) <= 0,
  '>': (one, other) => (order(one, other) ?? -1) > 0,
  '>=': (one, other) => (order(one, other) ?? -1) >= 0,
};

/** Reads an expression and answers it, for one item, in one pass. */
export class Reader {
  readonly #tokens: string[];
  readonly #placeholders: Placeholders;
  readonly #item: Item;
  #at = 0;

  constructor(text: string, placeholders: Placeholders, item: Item) {
    this.#tokens = tokensOf(text);
    this.#placeholders = placeholders;
    this.#item = item;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Takes the next token when it is this word or sign. */
  takes(wanted: string): boolean {
    const found = this.#tokens[this.#at]?.toUpperCase() === wanted;
    if (found) this.#at++;
    return found;
  }

  #expect(wanted: string): void {
    if (!this.takes(wanted)) throw new InvalidExpression(`no ${wanted} in ${this.#tokens.join(' ')}`);
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  path(): Path {
    const path: Path = [this.#name(this.#next())];
    for (;;) {
      if (this.takes('.')) path.push(this.#name(this.#next()));
      else if (this.takes('[')) {
        path.push(Number(this.#next()));
        this.#expect(']');
      } else return path;
    }
  }

  #name(word: string): string {
    const name = word.startsWith('#') ? this.#placeholders.ExpressionAttributeNames?.[word] : word;
    if (!name || !/^[#\w]/.test(word)) throw new InvalidExpression(`no attribute name: ${word}`);
    return name;
  }

  /** A value, what lies at a path, or what a function makes of them. */
  operand(): Value | undefined {
    const word = this.#tokens[this.#at] ?? '';
    const call = this.#tokens[this.#at + 1] === '(' ? word : undefined;
    if (call !== undefined) return this.#call(call);
    if (!word.startsWith(':')) return follow(this.#item, this.path());
    this.#at++;
    const value = this.#placeholders.ExpressionAttributeValues?.[word];
    if (!value) throw new InvalidExpression(`no value for ${word}`);
    return value;
  }

  #call(name: string): Value | undefined {
    this.#at += 2;
    const first = this.operand();
    let result: Value | undefined;
    if (name === 'size') result = first && { N: String(sizeOf(first)) };
    else {
      this.#expect(',');
      const second = this.operand();
      if (name === 'if_not_exists') result = first ?? second;
      else if (name === 'list_append') result = { L: [...(first?.L ?? []), ...(second?.L ?? [])] };
      else throw new InvalidExpression(`unknown function ${name}`);
    }
    this.#expect(')');
    return result;
  }

  /** What a SET gives: an operand, or the sum or difference of two. */
  assigned(): Value | undefined {
    const first = this.operand();
    const sign = this.takes('+') ? 1 : this.takes('-') ? -1 : 0;
    return sign === 0 ? first : { N: String(Number(first?.N) + sign * Number(this.operand()?.N)) };
  }

  condition(): boolean {
    let holds = this.#conjunction();
    while (this.takes('OR')) holds = this.#conjunction() || holds;
    return holds;
  }

  #conjunction(): boolean {
    let holds = this.#negation();
    while (this.takes('AND')) holds = this.#negation() && holds;
    return holds;
  }

  #negation(): boolean {
    if (this.takes('NOT')) return !this.#negation();
    if (!this.takes('(')) return this.#test();
    const holds = this.condition();
    this.#expect(')');
    return holds;
  }

  #test(): boolean {
    const question = this.#tokens[this.#at] ?? '';
    if (/^(attribute_|begins_with|contains)/.test(question)) return this.#question(question);
    const left = this.operand();
    if (this.takes('BETWEEN')) {
      const low = this.operand();
      this.#expect('AND');
      return (order(left, low) ?? -1) >= 0 && (order(left, this.operand()) ?? 1) <= 0;
    }
    if (this.takes('IN')) {
      this.#expect('(');
      let found = false;
      do found = same(left, this.operand()) || found;
      while (this.takes(','));
      this.#expect(')');
      return found;
    }
    const compare = comparators[this.#next()];
    if (!compare) throw new InvalidExpression(`no comparison in ${this.#tokens.join(' ')}`);
    return compare(left, this.operand());
  }

  #question(name: string): boolean {
    this.#at += 2;
    const value = this.operand();
    const other = this.takes(',') ? this.operand() : undefined;
    this.#expect(')');
    if (name === 'attribute_exists') return value !== undefined;
    if (name === 'attribute_not_exists') return value === undefined;
    if (name === 'begins_with') return other?.S !== undefined && value?.S?.startsWith(other.S) === true;
    if (name !== 'contains') throw new InvalidExpression(`unknown function ${name}`);
    if (value?.NS) return value.NS.some((member) => Number(member) === Number(other?.N));
    if (value?.L) return value.L.some((member) => same(member, other));
    return other?.S !== undefined && (value?.SS?.includes(other.S) ?? value?.S?.includes(other.S) ?? false);
  }
}
