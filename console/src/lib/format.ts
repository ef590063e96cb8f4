// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value: number): string => whole.format(Math.round(value));
export const compact = (value: number): string => short.format(value);

export const rows = (value: number): string => `${count(value)} ${value === 1 ? 'row' : 'rows'}`;

export const bytes = (value: number): string => {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let [size, unit] = [value, 0];
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${unit === 0 ? count(size) : size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
};

/** Seconds in at most two units. */
export const duration = (seconds: number): string => {
  if (seconds < 0.1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${total % 60} s`;
  if (total < 86_400) return `${Math.floor(total / 3600)} h ${Math.floor((total % 3600) / 60)} min`;
  return `${Math.floor(total / 86_400)} d ${Math.floor((total % 86_400) / 3600)} h`;
};

/** How long ago, or in how long: `3 minutes ago`. */
export const relative = (at: number, now: number): string => {
  const seconds = (at - now) / 1000;
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const away = Math.abs(seconds);
  if (away < 10) return 'just now';
  if (away < 60) return words.format(Math.round(seconds / 10) * 10, 'second');
  if (away < 3600) return words.format(Math.round(seconds / 60), 'minute');
  if (away < 86_400) return words.format(Math.round(seconds / 3600), 'hour');
  return words.format(Math.round(seconds / 86_400), 'day');
};

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
export const dateTime = (at: string | number): string => moment.format(new Date(at));
export const clockTime = (at: string | number): string => hour.format(new Date(at));

export const dollars = (value: number): string => {
  if (value === 0) return '$0';
  return value < 0.0001 ? 'under $0.0001' : `about $${value < 1 ? value.toFixed(4) : value.toFixed(2)}`;
};

export const percent = (part: number, of: number): string => {
  if (of === 0 || part === 0) return '0 %';
  const value = (part / of) * 100;
  if (value < 0.1) return '< 0.1 %';
  if (value > 99.9 && part < of) return '> 99.9 %';
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`;
};
