import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal, useLive } from '../api.ts';
import { Facts, Heading, Id, Loaded, Notice, Problem, StatusMark, VerdictMark } from '../parts.tsx';
import { linkTo } from '../router.ts';
import { useMay } from '../session.ts';
import { duration, soon, Time, useNow } from '../time.tsx';
import { Timeline } from '../timeline.tsx';
import {
  counted,
  kindOfRun,
  nameOf,
  resourceOf,
  statuses,
  stepWords,
  runName,
  type Run,
  type Tone,
} from '../words.ts';

const hasEnded = ({ status }: Run): boolean => !['accepted', 'running'].includes(status);
/** `timedOut` may still turn into the job's real ending, `unknown` is closed by a person. */
const isFinal = (run: Run): boolean => hasEnded(run) && !['timedOut', 'unknown'].includes(run.status);

function verdictOf(run: Run): ComponentChildren {
  const { status, recoveryPoint, job, error, counts, result } = run;
  if (error)
    return (
      <>
        <strong>{error.code}</strong> <q class="service">{error.message}</q>
      </>
    );
  if (result?.verdict && result.point)
    return (
      <>
        What was backed up at <Time at={result.point.at} /> came back
        {result.restoreSeconds !== undefined && ` in ${duration(result.restoreSeconds * 1000)}`}, was checked,
        and is deleted again.
      </>
    );
  if (recoveryPoint)
    return (
      <>
        There is a recovery point of <Time at={recoveryPoint.at} />
        {recoveryPoint.tiers[0]?.expiresAt && (
          <>
            , kept until <Time at={recoveryPoint.tiers[0].expiresAt} />
          </>
        )}
        .
      </>
    );
  if (counts) return `${counted(counts['total'] ?? 0, 'item')}.`;
  if (run.waitsFor === 'limit')
    return 'Parked: a limit of the service is waited out; the step below says which.';
  if (job && !hasEnded(run)) return `Azure Backup's job is ${job.status}.`;
  if (run.waitsFor === 'service') return 'Azure works on it.';
  if (status === 'unknown') return 'Nobody knows how this ended: a person has to look in Azure and close it.';
  return undefined;
}

const percentOf = (progress: string | undefined): number | undefined => {
  const [, percent] = /(\d{1,3}(?:\.\d+)?)\s*%/.exec(progress ?? '') ?? [];
  return percent === undefined ? undefined : Math.min(100, Number(percent));
};

function JobProgress({ progress }: { progress: string }): JSX.Element {
  const percent = percentOf(progress);
  return (
    <p>
      <q class="service">{progress}</q>
      {percent !== undefined && (
        <progress value={percent} max={100} aria-label="Progress of the job">
          {percent} %
        </progress>
      )}
    </p>
  );
}

type Counts = NonNullable<Run['counts']>;
const order = [...Object.keys(statuses), 'waiting'] as const;
const toneOf = (name: string): Tone => statuses[name as Run['status']]?.tone ?? 'idle';

function BatchCounts({ counts }: { counts: Counts }): JSX.Element {
  const total = Math.max(1, counts['total'] ?? 0);
  const parts = order.flatMap((name) => (counts[name] ? [{ name, count: counts[name] }] : []));
  let x = 0;
  return (
    <section>
      <h2>Items</h2>
      <svg class="band" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ name, count }) => {
          const width = (count / total) * 1000;
          x += width;
          return <rect key={name} class={toneOf(name)} x={x - width} width={width} height="24" />;
        })}
      </svg>
      <p>
        {counted(counts['total'] ?? 0, 'item')}:{' '}
        {parts
          .map(
            ({ name, count }) => `${count} ${(statuses[name as Run['status']]?.text ?? name).toLowerCase()}`,
          )
          .join(', ')}
        .
      </p>
    </section>
  );
}

const Failures = ({ failures }: Required<Pick<Run, 'failures'>>): JSX.Element => (
  <table class="stack">
    <thead>
      <tr>
        <th scope="col">Target</th>
        <th scope="col">Status</th>
        <th scope="col">Said</th>
      </tr>
    </thead>
    <tbody>
      {failures.map(({ target, run, status, error }) => (
        <tr key={target}>
          <th scope="row" title={target}>
            {run ? <a href={linkTo(`runs/${run}`)}>{nameOf(target)}</a> : nameOf(target)}
          </th>
          <td class="nowrap">
            <StatusMark status={status} />
          </td>
          <td>{error && `${error.code}: ${error.message}`}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** A button that asks again before it acts. */
function Act({ name, sure, act }: { name: string; sure: string; act: () => Promise<unknown> }): JSX.Element {
  const [stage, setStage] = useState<'idle' | 'asked' | 'sent'>('idle');
  const [problem, setProblem] = useState<Refusal>();
  const go = (): void => {
    setStage('sent');
    act()
      .catch((error: unknown) => setProblem(error instanceof Refusal ? error : new Refusal(0, {})))
      .finally(() => setStage('idle'));
  };
  return (
    <span class="act">
      {stage !== 'asked' ? (
        <button type="button" onClick={() => setStage('asked')} disabled={stage === 'sent'}>
          {stage === 'sent' ? 'Asked …' : name}
        </button>
      ) : (
        <>
          <span>{sure}</span>
          <button type="button" class="danger" onClick={go}>
            Yes, {name.toLowerCase()}
          </button>
          <button type="button" onClick={() => setStage('idle')}>
            No
          </button>
        </>
      )}
      {problem && <Problem problem={problem} />}
    </span>
  );
}

function Close({ run, again }: { run: Run; again: () => void }): JSX.Element {
  const [reason, setReason] = useState('');
  return (
    <form class="inline" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>What you found in Azure</span>
        <input
          value={reason}
          maxLength={1000}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      {reason.trim() !== '' && (
        <Act
          name="Close"
          sure="The run ends as you say; nobody looks again."
          act={() => ask(`/api/runs/${run.id}/close`, { body: { reason } }).then(again)}
        />
      )}
    </form>
  );
}

function Actions({ run, again }: { run: Run; again: () => void }): JSX.Element {
  const mayCancel = useMay('Backups.Run');
  const mayClose = useMay('Protections.Write');
  return (
    <>
      {mayCancel && !hasEnded(run) && (
        <Act
          name="Cancel"
          sure="No further step is taken, and the job is cancelled where the service can."
          act={() => ask(`/api/runs/${run.id}/cancel`, { body: {} }).then(again)}
        />
      )}
      {mayClose && run.status === 'unknown' && <Close run={run} again={again} />}
    </>
  );
}

const shown = (value: unknown): string => JSON.stringify(value, null, 2);

const Ids = ({ run }: { run: Run }): JSX.Element => (
  <Facts
    of={[
      ['Run', <Id id={run.id} />],
      ['Operation', run.operation?.status],
      ['Job', run.job && <Id id={run.job.id} />],
      ['Recovery point', run.recoveryPoint && <Id id={run.recoveryPoint.id} />],
      ['Correlation', run.error?.correlationId && <Id id={run.error.correlationId} />],
      ['Asked by', `${run.requestedBy.source}${run.requestedBy.caller ? `, ${run.requestedBy.caller}` : ''}`],
      ['Idempotency key', <Id id={run.requestedBy.key} />],
      ['Batch', run.batch && <a href={linkTo(`runs/${run.batch}`)}>{run.batch.slice(0, 12)}…</a>],
      ['Flow', run.generation > 1 && `taken up again ${counted(run.generation - 1, 'time')}`],
      ['Vault', vaultLine(run)],
    ]}
  />
);

const vaultLine = ({ target }: Run): string | undefined => {
  const { vaultId } = (target ?? {}) as { vaultId?: string };
  return vaultId && nameOf(vaultId);
};

/** `12 restored`, `made from snapshot-1`. */
const cameBack = ([name, value]: readonly [string, string | number]): string =>
  typeof value === 'number'
    ? `${value.toLocaleString('en-GB')} ${name}`
    : `${stepWords(name).toLowerCase()} ${nameOf(value)}`;

/** What a drill found, or would do. */
function Drilled({ result }: { result: NonNullable<Run['result']> }): JSX.Element | null {
  const { verdict, resourceId, point, restoredTo, restoreSeconds, counts, left, wouldRestore } = result;
  if (!verdict && !wouldRestore) return null;
  const ids = (all: readonly string[] | undefined): ComponentChildren =>
    all?.map((id) => <Id key={id} id={id} />);
  const restored = point ?? wouldRestore?.point;
  return (
    <section>
      <h2>{verdict ? 'What the drill has shown' : 'What the drill would do'}</h2>
      <Facts
        of={[
          ['Verdict', verdict && <VerdictMark verdict={verdict} />],
          [
            'Resource',
            resourceId && <a href={linkTo('resource', { id: resourceId })}>{nameOf(resourceId)}</a>,
          ],
          [
            'Restored from',
            restored && (
              <>
                the point of <Time at={restored.at} />
                {point && `, ${duration(point.ageSeconds * 1000)} old`}
              </>
            ),
          ],
          [verdict ? 'Restored to' : 'Would be restored to', ids(restoredTo ?? wouldRestore?.to)],
          ['Time to restore', restoreSeconds !== undefined && duration(restoreSeconds * 1000)],
          ['What came back', counts && Object.entries(counts).map(cameBack).join(', ')],
          [
            'Left over',
            left?.map(({ id, reason }) => (
              <div key={id}>
                <Id id={id} /> {reason}
              </div>
            )),
          ],
          ['In the way', wouldRestore?.obstacles.join('; ')],
        ]}
      />
    </section>
  );
}

function Said({ run }: { run: Run }): JSX.Element {
  const { warnings, result, report } = run;
  return (
    <>
      {warnings.length > 0 && (
        <Notice tone="warn">
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      {[
        ['Result', result],
        ['Report', report],
      ].map(
        ([name, value]) =>
          value !== undefined && (
            <details key={name as string}>
              <summary>{name as string}</summary>
              <pre tabIndex={0}>{shown(value)}</pre>
            </details>
          ),
      )}
    </>
  );
}

function Record({ run, again }: { run: Run; again: () => void }): JSX.Element {
  const now = useNow(hasEnded(run) ? 60 : 1);
  const resource = run.result?.resourceId ?? resourceOf(run.target);
  const took = (run.endedAt ? Date.parse(run.endedAt) : now) - Date.parse(run.createdAt);
  return (
    <>
      <div class="verdict">
        <div>
          <StatusMark status={run.status} />
          <span class="muted">
            asked <Time at={run.createdAt} now={now} />, {hasEnded(run) ? 'took' : 'for'} {duration(took)}
          </span>
          {resource && <a href={linkTo('resource', { id: resource })}>The resource</a>}
          <Actions run={run} again={again} />
        </div>
        <p role="status">{verdictOf(run)}</p>
        {run.error?.advice && <p>{run.error.advice}</p>}
        {run.job?.progress && !hasEnded(run) && <JobProgress progress={run.job.progress} />}
      </div>
      {run.result && <Drilled result={run.result} />}
      <Said run={run} />
      {run.counts && <BatchCounts counts={run.counts} />}
      {run.failures && run.failures.length > 0 && <Failures failures={run.failures} />}
      {run.counts && (
        <p>
          <a href={linkTo('runs', { batch: run.id })}>The runs of this batch</a>
        </p>
      )}
      {run.steps.length > 0 && <Timeline run={run} now={now} />}
      <h2>Ids</h2>
      <Ids run={run} />
    </>
  );
}

function titleOf(run: Run): string {
  const { kind } = run;
  const name = runName(run);
  if (name) return `${kindOfRun(kind)} of ${name}`;
  return kind === 'sweep' ? kindOfRun(kind) : `Batch, ${kindOfRun(kind).toLowerCase()}`;
}

/** One run, followed to its end. */
export function RunPage({ id }: { id: string }): JSX.Element {
  const [paused, setPaused] = useState(false);
  const [live, again] = useLive<Run>(`/api/runs/${encodeURIComponent(id)}`, {
    ...{ everySeconds: 1, mostSeconds: 20, isFinal, paused },
  });
  const now = useNow(1);
  return (
    <>
      <Heading title={live.data ? titleOf(live.data) : 'Run'}>
        {live.data && !isFinal(live.data) && (
          <div class="bar">
            <span class="muted">{live.nextAt && !paused && `Looks again ${soon(live.nextAt, now)}`}</span>
            <button type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
              {paused ? 'Go on' : 'Pause'}
            </button>
          </div>
        )}
      </Heading>
      <Loaded live={live} what="the run">
        {(run) => <Record run={run} again={again} />}
      </Loaded>
    </>
  );
}
