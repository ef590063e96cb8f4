// Where this machine has a Chromium, for the tests that need one.
import { existsSync } from 'node:fs';

const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const findChromium = (): string | undefined => places.find((path) => path !== undefined && existsSync(path));
