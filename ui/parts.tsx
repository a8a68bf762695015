import { Component, type ComponentChildren, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Live, Refusal } from './api.ts';
import { soon, Time, useNow } from './time.tsx';
import {
  drillVerdicts,
  states,
  statuses,
  type CoverageState,
  type Proof,
  type Run,
  type Tone,
} from './words.ts';

const shapes: Readonly<Record<Tone, JSX.Element>> = {
  good: <circle cx="6" cy="6" r="5" />,
  warn: <path d="M6 .8 11.6 11H.4z" />,
  bad: <rect x="1" y="1" width="10" height="10" rx="1.5" />,
  busy: <path d="M6 1a5 5 0 1 0 5 5" fill="none" stroke="currentColor" stroke-width="2.2" />,
  idle: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="2" />,
};

/** A mark and words: the shape says it too, for those who do not see the colour. */
export const Mark = ({ tone, children }: { tone: Tone; children: ComponentChildren }): JSX.Element => (
  <span class={`mark ${tone}`}>
    <svg viewBox="0 0 12 12" aria-hidden="true">
      {shapes[tone]}
    </svg>
    <span>{children}</span>
  </span>
);

export const StateMark = ({ state }: { state: CoverageState }): JSX.Element => (
  <Mark tone={states[state]?.tone ?? 'idle'}>{states[state]?.text ?? state}</Mark>
);

export const StatusMark = ({ status }: { status: Run['status'] }): JSX.Element => (
  <Mark tone={statuses[status]?.tone ?? 'idle'}>{statuses[status]?.text ?? status}</Mark>
);

/** What came of a restore drill. */
export const VerdictMark = ({ verdict }: { verdict: Proof['verdict'] }): JSX.Element => (
  <Mark tone={drillVerdicts[verdict]?.tone ?? 'idle'}>{drillVerdicts[verdict]?.text ?? verdict}</Mark>
);

/** A box that says something; problems are announced to screen readers. */
export const Notice = ({ tone, children }: { tone: Tone; children: ComponentChildren }): JSX.Element => (
  <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    {children}
  </div>
);

/** What a newcomer reads where there is nothing yet. */
export const Empty = ({ title, children }: { title: string; children: ComponentChildren }): JSX.Element => (
  <div class="empty">
    <strong>{title}</strong>
    <div>{children}</div>
  </div>
);

const missingRole = (message: string): string | undefined => /[A-Z][a-z]+\.[A-Z][a-z]+/.exec(message)?.[0];

function adviceFor({ status, message }: Refusal): string | undefined {
  if (status === 401) return 'The sign-in has ended: load the page again.';
  if (status === 403) {
    const role = missingRole(message);
    return `Ask the owner of the app registration for the role${role ? ` ${role}` : ''}, then sign in again.`;
  }
  return undefined;
}

/** What went wrong, in the app's or the service's own words. */
export const Problem = ({ problem }: { problem: Refusal }): JSX.Element => (
  <Notice tone="bad">
    <strong>{problem.code}</strong> {problem.message}
    {problem.details.length > 0 && (
      <ul>
        {problem.details.map(({ target, message }) => (
          <li key={`${target}${message}`}>
            {target && <code>{target}</code>} {message}
          </li>
        ))}
      </ul>
    )}
    {adviceFor(problem) && <div>{adviceFor(problem)}</div>}
  </Notice>
);

/** Nothing at first, so that fast answers do not flicker; then that something is read; then that it takes long. */
export function Reading({ what }: { what: string }): JSX.Element {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timers = [1, 6].map((each) => setTimeout(() => setSeconds(each), each === 1 ? 250 : 6000));
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div class="reading" role="status" aria-busy="true">
      {seconds > 0 && `Reading ${what} …`}
      {seconds > 1 && ' The app is slow to answer; still waiting.'}
    </div>
  );
}

interface LoadedProps<T> {
  readonly live: Live<T>;
  readonly what: string;
  readonly children: (data: T) => ComponentChildren;
}

/** Shows an answer, what is known while there is none, and beside old data why there is no newer one. */
export function Loaded<T>({ live, what, children }: LoadedProps<T>): JSX.Element {
  const now = useNow(live.problem && live.nextAt ? 1 : 30);
  const { data, problem, readAt, nextAt } = live;
  return (
    <>
      {problem && <Problem problem={problem} />}
      {problem && (data || nextAt) && (
        <p class="muted" role="status">
          {data && readAt && (
            <>
              Shown as read at <Time at={readAt} />.{' '}
            </>
          )}
          {nextAt && `Asked again ${soon(nextAt, now)}.`}
        </p>
      )}
      {data === undefined ? !problem && <Reading what={what} /> : children(data)}
    </>
  );
}

/** Keeps a mistake on one page from taking the others along. */
export class Boundary extends Component<
  { readonly children: ComponentChildren },
  { readonly mistake?: unknown }
> {
  override componentDidCatch(mistake: unknown): void {
    this.setState({ mistake });
  }

  override render(): ComponentChildren {
    const { mistake } = this.state;
    if (mistake === undefined) return this.props.children;
    return (
      <Notice tone="bad">
        <strong>This page cannot be shown.</strong> {String(mistake)} Load it again; if that does not help,
        the app and its page may be of different versions.
      </Notice>
    );
  }
}

/** The head of a page: it gets the focus when the reader arrives, so that a screen reader says where they are. */
export function Heading({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Backups`;
    if (document.activeElement === document.body || document.activeElement?.closest('nav'))
      heading.current?.focus();
  }, [title]);
  return (
    <header class="head">
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {children}
    </header>
  );
}

/** So many of a list, and a button for more. */
export function Shortened<T>({
  of,
  most = 50,
  children,
}: {
  of: readonly T[];
  most?: number;
  children: (some: readonly T[]) => JSX.Element;
}): JSX.Element {
  const [count, setCount] = useState(most);
  return (
    <>
      {children(of.slice(0, count))}
      {of.length > count && (
        <button type="button" onClick={() => setCount(count + 500)}>
          {Math.min(500, of.length - count)} more of {of.length.toLocaleString('en-GB')}
        </button>
      )}
    </>
  );
}

/** Names and values, one below the other; absent values are left out. */
export const Facts = ({ of }: { of: readonly (readonly [string, ComponentChildren])[] }): JSX.Element => (
  <dl class="facts">
    {of
      .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);

/** An ARM id: its end is read, the whole is copied. */
export function Id({ id }: { id: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = (): void =>
    void navigator.clipboard.writeText(id).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  return (
    <span class="id">
      <code title={id}>{id}</code>
      <button type="button" class="quiet" onClick={copy} aria-label={`Copy ${id}`}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
