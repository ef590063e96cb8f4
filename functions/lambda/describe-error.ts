// What a log may say about something that was thrown: its class and place, never its message, which can quote a caller's data.

/** Fields for a log line. */
export const describeError = (error: unknown): { error: string; at: string } => {
  if (!(error instanceof Error)) return { error: typeof error, at: '' };
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return { error: error.name, at: frame?.trim() ?? '' };
};
