// What makes up a criterion: the attributes it needs, and how it becomes a test of profiles.
import type { AttributeName, Attributes, QueryContext, Scalar, Test } from './query.ts';

type Named = { criterion: string };

export interface Definition {
  needs: readonly AttributeName[];
  /** May be there. */
  takes: readonly AttributeName[];
  /** Whether, with that time range, it needs something to compare with: `value`, or a number in `threshold` in its place. */
  bound: (timerange: Scalar | undefined) => boolean;
  /** True when its value is a list. */
  lists: boolean;
  /** Throws Refusal when an attribute cannot be used: this is also how queries are checked. */
  compile: (attributes: Attributes & Named, context: QueryContext) => Test;
}

interface Parts<Needed extends AttributeName, Taken extends AttributeName> {
  needs: readonly Needed[];
  takes?: readonly Taken[];
  bound?: Definition['bound'];
  lists?: boolean;
  compile: (
    attributes: Pick<Attributes, Needed> & Partial<Pick<Attributes, Taken>> & Named,
    context: QueryContext,
  ) => Test;
}

/** Lets `compile` see just what was declared. */
export const define = <Needed extends AttributeName = never, Taken extends AttributeName = never>(
  parts: Parts<Needed, Taken>,
): Definition => ({ takes: [], bound: () => false, lists: false, ...parts });

/** A criterion that is about the profile alone. */
export const plain = (test: Test): Definition => define({ needs: [], compile: () => test });
