// Tags as callers write them.

/** An array of texts, or texts that commas separate; each once. Undefined when there are none. */
export const tagsOf = (value: unknown): string[] | undefined => {
  const parts: unknown = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.flatMap((part) =>
    typeof part === 'string' || typeof part === 'number' ? String(part).trim() : [],
  );
  const tags = new Set(texts.filter((tag) => tag !== ''));
  return tags.size > 0 ? [...tags] : undefined;
};
