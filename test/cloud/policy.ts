// IAM's rule on this machine: allowed is what some statement allows and none denies, its conditions looked at.

/** What a policy says, its values resolved. */
export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  resources: string[];
  /** Operator to key to values: `{ StringEquals: { 'ses:FromAddress': [...] } }`. */
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** An action on a resource, with what conditions may ask of it. */
export interface Ask {
  action: string;
  resource: string;
  context?: Readonly<Record<string, string>>;
}

/** Whether a pattern of IAM covers the text: `*` is any characters, `?` any one. */
export const covers = (pattern: string, text: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${source}$`).test(text);
};

type Operator = (wanted: readonly string[], given: string | undefined) => boolean;

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: (wanted, given) => given !== undefined && wanted.includes(given),
  StringLike: (wanted, given) => given !== undefined && wanted.some((pattern) => covers(pattern, given)),
  Bool: (wanted, given) => given !== undefined && wanted.includes(given),
};

/** Throws for an operator that this bench does not know: it would go unchecked. */
const holds = ({ conditions }: Statement, context: Ask['context'] = {}): boolean =>
  Object.entries(conditions).every(([name, keys]) => {
    const operator = operators[name];
    if (!operator) throw new Error(`the condition ${name} is not known to this bench`);
    return Object.entries(keys).every(([key, wanted]) => operator(wanted, context[key]));
  });

/** Names of actions do not mind case. */
const matches = (statement: Statement, { action, resource, context }: Ask): boolean =>
  statement.actions.some((pattern) => covers(pattern.toLowerCase(), action.toLowerCase())) &&
  statement.resources.some((pattern) => covers(pattern, resource)) &&
  holds(statement, context);

export const isAllowed = (statements: readonly Statement[], ask: Ask): boolean => {
  const found = statements.filter((statement) => matches(statement, ask));
  return found.some(({ effect }) => effect === 'Allow') && !found.some(({ effect }) => effect === 'Deny');
};
