// Sign in: a client's key and secret. The secret never leaves the browser; calls are signed with it.
import { useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import { sentenceOf } from '../api/problem.ts';
import { signIn } from '../api/session.ts';
import { canSign } from '../api/sign.ts';
import { Notice } from '../parts/basics.tsx';
import { Check, Field } from '../parts/fields.tsx';
import { Mark } from '../parts/icons.tsx';

export const SignIn = ({ signedIn }: { signedIn: (api: Api) => void }) => {
  const [apiKey, setKey] = useState('');
  const [secret, setSecret] = useState('');
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (apiKey.trim() === '' || secret.trim() === '') {
      setProblem('Fill in both the key and the secret of your client.');
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      signedIn(await signIn(apiKey.trim(), secret.trim(), keep));
    } catch (error) {
      setProblem(sentenceOf(error));
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form class="card sign-in-card" onSubmit={(event) => void submit(event)} noValidate>
        <div class="sign-in-name">
          <Mark />
          <h1>Stevedore</h1>
        </div>
        <p class="soft">Sign in with the key and the secret of your client, the ones that your programs use.</p>
        {!canSign() && (
          <Notice kind="alert">
            This page cannot sign calls here: browsers allow that only over HTTPS, or at 127.0.0.1. Open it at one of
            these.
          </Notice>
        )}
        <Field label="Key">
          {(ids) => (
            <input
              {...ids}
              name="key"
              class="code"
              value={apiKey}
              onInput={(event) => setKey(event.currentTarget.value)}
              autocomplete="username"
              autocapitalize="off"
              spellcheck={false}
            />
          )}
        </Field>
        <Field label="Secret">
          {(ids) => (
            <input
              {...ids}
              name="secret"
              type="password"
              class="code"
              value={secret}
              onInput={(event) => setSecret(event.currentTarget.value)}
              autocomplete="current-password"
            />
          )}
        </Field>
        <Check
          label="Stay signed in when I reload"
          hint="Keeps the secret in this tab until it is closed. Otherwise it is in memory only."
          checked={keep}
          change={(event) => setKeep(event.currentTarget.checked)}
        />
        {problem !== undefined && <Notice kind="alert">{problem}</Notice>}
        <button type="submit" class="button button-main button-wide" disabled={busy || !canSign()}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
        <p class="soft small">
          The secret never leaves this browser. On a fresh machine, <code>npm start</code> prints the key and the secret
          of the client <code>demo</code>; <code>npm run client</code> makes others.
        </p>
      </form>
    </main>
  );
};
