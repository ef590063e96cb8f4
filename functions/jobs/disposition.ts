// The header that gives a download its file name (RFC 6266).

/** The header's value. Whatever the name holds, it stays one header with one file name. */
export const attachment = (filename: string): string => {
  const name =
    filename
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ')
      .trim()
      .slice(0, 200) || 'download';
  if (/^[\w.+-]+$/.test(name)) return `attachment; filename=${name}`;
  const plain = name.replace(/[^\w .()+,@=[\]-]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return plain === name
    ? `attachment; filename="${name}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
};
