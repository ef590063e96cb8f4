// `npm run stevedore -- ...`: the command line.
import { run } from './cli/program.ts';

await run(process.argv.slice(2));
// A connection that is kept alive would hold the process for seconds.
process.exit();
