// Answers that many operations of this door have, for its OpenAPI document.

export const errors = {
  400: { component: 'Error', text: 'Not understood: the code and the sentence say what.' },
  401: { component: 'Error', text: 'Unknown key, wrong signature, or a time that is off; which of them is not told.' },
  429: { component: 'Error', text: 'Too many calls in this second.' },
  500: { component: 'Error', text: 'Our fault: repeat the call.' },
};
export const noJob = { 404: { component: 'Error', text: 'The client has no such job.' } };
export const job = (text: string) => ({ component: 'Job', text });
export const jobId = { id: 'The id of the job: 24 hex digits.' };
