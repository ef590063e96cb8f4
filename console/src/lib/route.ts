// Which page is shown, from the part of the address behind #: works from any static store.
import { useEffect, useState } from 'preact/hooks';

export interface Route {
  /** Segments of the path: `['jobs', '<id>']`. */
  path: string[];
  query: Record<string, string>;
}

const read = (): Route => {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter((part) => part !== ''), query: Object.fromEntries(new URLSearchParams(query)) };
};

export const useRoute = (): Route => {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const changed = () => setRoute(read());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
};

export const hrefOf = (path: string, query: Record<string, string> = {}): string => {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${path}${text === '' ? '' : `?${text}`}`;
};

export const go = (path: string, query?: Record<string, string>): void => {
  location.hash = hrefOf(path, query);
};

/** Changes the query without a step in the tab's history. */
export const replaceQuery = (path: string, query: Record<string, string>): void => {
  history.replaceState(null, '', hrefOf(path, query));
  dispatchEvent(new Event('hashchange'));
};
