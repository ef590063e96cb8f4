// The web console: who is signed in, and which page is shown.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Api } from './api/client.ts';
import { forgetSession, keptSession } from './api/session.ts';
import { useRoute } from './lib/route.ts';
import { ExportPage } from './pages/export.tsx';
import { ImportPage } from './pages/import.tsx';
import { JobPage } from './pages/job.tsx';
import { JobsPage } from './pages/jobs.tsx';
import { Overview } from './pages/overview.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Frame } from './parts/frame.tsx';
import './style/base.css';
import './style/frame.css';
import './style/controls.css';
import './style/surfaces.css';
import './style/figures.css';
import './style/jobs.css';
import './style/job.css';
import './style/orders.css';

const App = () => {
  const route = useRoute();
  const [api, setApi] = useState<Api | 'unknown' | undefined>('unknown');
  useEffect(() => {
    void keptSession().then(setApi);
  }, []);
  if (api === 'unknown') return null;
  if (api === undefined) return <SignIn signedIn={setApi} />;
  const signOut = () => {
    forgetSession();
    setApi(undefined);
  };
  const [page = 'jobs', id] = route.path;
  return (
    <Frame page={page} apiKey={api.apiKey} signOut={signOut}>
      {page === 'jobs' && id === undefined && <JobsPage api={api} query={route.query} />}
      {page === 'jobs' && id !== undefined && <JobPage key={id} api={api} id={id} />}
      {page === 'import' && <ImportPage api={api} list={route.query.list ?? ''} />}
      {page === 'export' && <ExportPage api={api} list={route.query.list ?? ''} />}
      {page === 'overview' && <Overview api={api} />}
      {!['jobs', 'import', 'export', 'overview'].includes(page) && (
        <p>
          There is no such page. <a href="#/jobs">See all jobs</a>.
        </p>
      )}
    </Frame>
  );
};

render(<App />, document.getElementById('app') as HTMLElement);
