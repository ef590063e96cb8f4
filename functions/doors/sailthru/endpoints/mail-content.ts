// What people read, and how it is addressed: the parameters that campaigns and templates share.
import type { Content } from '../../../jobs/campaigns/blast.ts';
import type { Reading } from './reading.ts';

/** Characters of the HTML, and of the text. */
const maxContent = 1_000_000;

export const readContent = ({ text }: Reading): Content => {
  const [html, plain] = [text('content_html', maxContent), text('content_text', maxContent)];
  return { ...(html !== undefined && { html }), ...(plain !== undefined && { text: plain }) };
};

/** The line of the subject and who it comes from, as far as they are given. */
export const readEnvelope = ({ text }: Reading): { subject?: string; fromName?: string; fromEmail?: string } => {
  const [subject, fromName, fromEmail] = [text('subject'), text('from_name'), text('from_email')];
  return {
    ...(subject !== undefined && { subject }),
    ...(fromName !== undefined && { fromName }),
    ...(fromEmail !== undefined && { fromEmail }),
  };
};
