// Times as this protocol shows them.
export { rfc2822 } from '../../jobs/rfc2822.ts';
