// The rest of a body whose request is refused.

/** What is still read after a refusal, since most clients read no answer before they have sent everything. */
const maxDrain = 64 * 1024 * 1024;

/** Reads on for a while without keeping anything. */
export const drain = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> => {
  try {
    for (let left = maxDrain; left > 0; ) {
      const { done, value } = await reader.read();
      if (done) return;
      left -= value.byteLength;
    }
  } catch {
    // The caller is gone: nobody waits for the answer.
  }
};
