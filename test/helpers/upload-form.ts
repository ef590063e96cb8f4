// Sends the form of an upload ticket as a program or a page would: all fields, then the file.

export interface UploadForm {
  url: string;
  fields: Record<string, string>;
}

/** The form in an answer of the Sailthru door. */
export const formIn = (answer: Record<string, unknown>): UploadForm => ({
  url: String(answer.upload_url),
  fields: answer.upload_fields as Record<string, string>,
});

/** The body that goes to the form's URL. */
export const bodyWith = (fields: Record<string, string>, file: string | Uint8Array): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const bytes = typeof file === 'string' ? file : new Uint8Array(file);
  form.append('file', new Blob([bytes], { type: 'text/csv' }), 'people.csv');
  return form;
};

/** Status and text of the answer. */
export const sendForm = async (
  { url, fields }: UploadForm,
  file: string | Uint8Array,
): Promise<{ status: number; text: string }> => {
  const answer = await fetch(url, { method: 'POST', body: bodyWith(fields, file) });
  return { status: answer.status, text: await answer.text() };
};
