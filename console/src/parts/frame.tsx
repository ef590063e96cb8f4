// What is around every page: the name, the ways to the pages, who is signed in.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ExportIcon, ImportIcon, JobsIcon, Mark, OverviewIcon } from './icons.tsx';

const pages = [
  { path: 'jobs', name: 'Jobs', Icon: JobsIcon },
  { path: 'overview', name: 'Overview', Icon: OverviewIcon },
  { path: 'import', name: 'New import', Icon: ImportIcon },
  { path: 'export', name: 'New export', Icon: ExportIcon },
];

interface FrameProps {
  page: string;
  apiKey: string;
  signOut: () => void;
  children: ComponentChildren;
}

export const Frame = ({ page, apiKey, signOut, children }: FrameProps) => {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${pages.find(({ path }) => path === page)?.name ?? 'Stevedore'} · Stevedore`;
    // The link that was followed is still there, but a reader should go on with the new page.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
    scrollTo(0, 0);
  }, [page]);
  return (
    <>
      <header class="top">
        <a class="skip" href={`#/${page}`} onClick={(event) => skip(event, main.current)}>
          Skip to the page
        </a>
        <a class="name" href="#/jobs">
          <Mark />
          Stevedore
        </a>
        <nav class="nav" aria-label="Pages">
          {pages.map(({ path, name, Icon }) => (
            <a key={path} href={`#/${path}`} aria-current={path === page ? 'page' : undefined}>
              <Icon />
              {name}
            </a>
          ))}
        </nav>
        <div class="who">
          <span class="soft" title={`Signed in with the key ${apiKey}`}>
            Key {apiKey.slice(0, 6)}…
          </span>
          <button type="button" class="button button-plain button-small" onClick={signOut}>
            Sign out
          </button>
        </div>
      </header>
      <main ref={main} tabIndex={-1} class="main">
        {children}
      </main>
      <footer class="foot small">
        <a href="/console/openapi.html">The API behind these pages, and all others</a>
      </footer>
      <div id="announcer" class="unseen" role="status" />
    </>
  );
};

const skip = (event: Event, main: HTMLElement | null): void => {
  event.preventDefault();
  main?.focus();
};
