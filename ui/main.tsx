import { render } from 'preact';
import { App } from './app.tsx';
import { Refusal } from './api.ts';
import { Notice, Problem, Reading } from './parts.tsx';
import { followLinks } from './router.ts';
import { beginSession, SessionContext } from './session.ts';

const page = document.querySelector('#page');

async function start(root: Element): Promise<void> {
  render(<Reading what="the page" />, root);
  followLinks();
  try {
    const session = await beginSession();
    render(
      <SessionContext.Provider value={session}>
        <App />
      </SessionContext.Provider>,
      root,
    );
  } catch (error) {
    render(
      <main class="alone">
        <h1>Backups</h1>
        {error instanceof Refusal ? (
          <Problem problem={error} />
        ) : (
          <Notice tone="bad">{error instanceof Error ? error.message : String(error)}</Notice>
        )}
        <p>
          <a href="/ui/" download="">
            Try again
          </a>
        </p>
      </main>,
      root,
    );
  }
}

if (page) void start(page);
