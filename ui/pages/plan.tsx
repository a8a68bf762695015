import type { JSX } from 'preact';
import { useLive } from '../api.ts';
import type { Answers } from '../apiTypes.ts';
import { Empty, Facts, Heading, Loaded, Mark, Notice, Shortened } from '../parts.tsx';
import { diffLines, lineOfProblem, linesOf, type DiffLine, type PlanLine } from '../planText.ts';
import { linkTo } from '../router.ts';
import { bothClocks, isoWords, Time } from '../time.tsx';
import { counted, kindOfResource, nameOf, type Tone } from '../words.ts';

type Plan = Answers['Plan'];
type Rule = Plan['inForce']['rules'] extends readonly (infer R)[] | undefined ? R : never;
type Schedule = Plan['inForce']['schedules'] extends readonly (infer S)[] | undefined ? S : never;
type Drill = NonNullable<Plan['inForce']['drills']>[number];
type Selected = Plan['rules'][number]['selected'][number];

const standings: Readonly<Record<Plan['standing'], readonly [Tone, string]>> = {
  current: ['good', 'In force as it lies there'],
  lastGood: ['bad', 'Broken or out of reach: the last good plan is in force'],
  empty: ['warn', 'There is no plan: nothing is selected, and nothing begins by itself'],
};

const words = (value: unknown): string =>
  Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([name, each]) => (typeof each === 'string' ? `${name} = ${each}` : `${name}: ${words(each)}`))
          .join('; ')
      : String(value);

const standingTones: Readonly<Record<Selected['standing'], readonly [Tone, string]>> = {
  protected: ['good', 'protected'],
  drift: ['warn', 'different'],
  missing: ['bad', 'missing'],
};

/** A list that begins short. */
const Listed = <T,>({
  of,
  children,
}: {
  of: readonly T[];
  children: (one: T) => JSX.Element;
}): JSX.Element => <Shortened of={of}>{(some) => <ul class="plain">{some.map(children)}</ul>}</Shortened>;

const SelectedItem = ({ one }: { one: Selected }): JSX.Element => {
  const [tone, text] = standingTones[one.standing];
  return (
    <li>
      <Mark tone={tone}>{text}</Mark>{' '}
      <a href={linkTo('resource', { id: one.id })} title={one.id}>
        {nameOf(one.id)}
      </a>{' '}
      <span class="muted">
        in {nameOf(one.vaultId)}, policy {nameOf(one.policyId)}
      </span>
      {one.drift && <div>{one.drift}</div>}
    </li>
  );
};

const makers = { kubernetes: 'a Kubernetes cluster', scaleSet: 'a scale set' } as const;

interface RuleProps {
  readonly rule: Rule;
  readonly selected: readonly Selected[];
  readonly unfit: number;
}

function RuleBox({ rule, selected, unfit }: RuleProps): JSX.Element {
  const { kind, exclude, leaveOut, ...match } = rule.match;
  const count = (standing: Selected['standing']): number =>
    selected.filter((one) => one.standing === standing).length;
  const parts = (['missing', 'drift', 'protected'] as const).filter((standing) => count(standing) > 0);
  return (
    <article class="box">
      <header>
        <h3>{rule.name}</h3>
        <a href={linkTo('resources', { rule: rule.name })}>{counted(selected.length, 'resource')}</a>
        {parts.map((standing) => (
          <Mark key={standing} tone={standingTones[standing][0]}>
            {count(standing).toLocaleString('en-GB')} {standingTones[standing][1]}
          </Mark>
        ))}
        {unfit > 0 && <Mark tone="idle">{unfit.toLocaleString('en-GB')} not eligible</Mark>}
      </header>
      <Facts
        of={[
          [
            'Selects',
            `${kindOfResource(kind)}${Object.keys(match).length > 0 ? ` where ${words(match)}` : ', every one'}`,
          ],
          ['Takes out', exclude && words(exclude)],
          [
            'Leaves out',
            leaveOut?.length && `what is made by ${leaveOut.map((maker) => makers[maker]).join(' or ')}`,
          ],
          [
            'Protects by',
            `policy ${rule.protect.policy} in ${Object.entries(rule.protect.vaults)
              .map(([region, vault]) => `${nameOf(vault)}${region === '*' ? '' : ` (${region})`}`)
              .join(', ')}`,
          ],
        ]}
      />
      {selected.length > 0 && (
        <details>
          <summary>What it selects</summary>
          <Listed of={[...selected].sort((one, other) => (one.standing < other.standing ? 1 : -1))}>
            {(one) => <SelectedItem key={one.id} one={one} />}
          </Listed>
        </details>
      )}
    </article>
  );
}

const inZone = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
    ...{ timeZone, timeZoneName: 'longOffset' },
  });

const offsetOf = (format: Intl.DateTimeFormat, at: Date): string =>
  format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';

/** The times of a schedule in its own zone; `changed` where the clock was changed since the one before. */
export function localTimes(
  times: readonly string[],
  timeZone: string,
  now: Date,
): readonly {
  readonly at: Date;
  readonly text: string;
  readonly offset: string;
  readonly changed: boolean;
}[] {
  const format = inZone(timeZone);
  let before = offsetOf(format, now);
  return times.map((time) => {
    const at = new Date(time);
    const offset = offsetOf(format, at);
    const changed = offset !== before;
    before = offset;
    return { at, text: format.format(at).replace(offset, '').trim(), offset, changed };
  });
}

const Times = ({ times, timeZone }: { times: readonly string[]; timeZone: string }): JSX.Element => (
  <>
    <h4>Next five times there</h4>
    <ol class="times">
      {localTimes(times, timeZone, new Date()).map(({ at, text, offset, changed }) => (
        <li key={at.getTime()}>
          <time dateTime={at.toISOString()} title={bothClocks(at)}>
            {text}
          </time>{' '}
          <span class="muted">{offset}</span>
          {changed && <Mark tone="warn">after a change of the clock</Mark>}
        </li>
      ))}
    </ol>
  </>
);

/** Where a drill restores to: the last name of each place. */
const placesOf = ({ into }: Drill): string =>
  Object.entries(into)
    .map(
      ([kind, place]) =>
        `${kindOfResource(kind)}: ${Object.values(place ?? {})
          .map(nameOf)
          .join(', ')}`,
    )
    .join('; ');

function DrillBox({ drill, times }: { drill: Drill; times: readonly string[] }): JSX.Element {
  const { name, cron, timeZone, of, sample, target } = drill;
  return (
    <article class="box">
      <header>
        <h3>{name}</h3>
        <code>{cron}</code>
        <span class="muted">{timeZone}</span>
      </header>
      <Facts
        of={[
          [
            'Restores of',
            'rules' in of
              ? `rules ${of.rules.join(', ')}`
              : `every ${kindOfResource(of.match.kind)} that matches`,
          ],
          ['So many', sample && `${sample.share} %, at least ${sample.atLeast}, at most ${sample.atMost}`],
          ['Into', placesOf(drill)],
          ['Within', target && isoWords(target)],
        ]}
      />
      <Times times={times} timeZone={timeZone} />
    </article>
  );
}

function ScheduleBox({ schedule, times }: { schedule: Schedule; times: readonly string[] }): JSX.Element {
  const { backUp } = schedule;
  const what =
    'rules' in backUp
      ? `rules ${backUp.rules.join(', ')}`
      : 'items' in backUp
        ? counted(backUp.items.length, 'named item')
        : `every ${kindOfResource(backUp.match.kind)} that matches`;
  return (
    <article class="box">
      <header>
        <h3>{schedule.name}</h3>
        <code>{schedule.cron}</code>
        <span class="muted">{schedule.timeZone}</span>
      </header>
      <Facts
        of={[
          ['Backs up', what],
          ['Kept for', schedule.keepFor && isoWords(schedule.keepFor)],
          ['Retention tag', schedule.retentionTag],
        ]}
      />
      <Times times={times} timeZone={schedule.timeZone} />
    </article>
  );
}

const diffMarks = { same: ' ', was: '−', is: '+' } as const;

/** How far from a difference or problem lines are shown. */
const around = 3;

function shownLines(
  lines: readonly DiffLine[],
  problemAt: ReadonlyMap<number, readonly string[]>,
): readonly boolean[] {
  const counts = lines.map(({ kind, at }) => kind !== 'same' || (at !== undefined && problemAt.has(at)));
  return counts.map((_, index) =>
    counts.slice(Math.max(0, index - around), index + around + 1).some(Boolean),
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** The text that lies there beside the plan in force, with each problem below the line it is about. */
function Draft({ plan, text }: { plan: Plan; text: string }): JSX.Element {
  const draft = readJson(text);
  if (draft === undefined) return <pre tabIndex={0}>{text.slice(0, 5000)}</pre>;
  const lines = linesOf(draft);
  const problemAt = new Map<number, string[]>();
  for (const { path, message } of plan.problems) {
    const at = lineOfProblem(lines, path);
    problemAt.set(at, [...(problemAt.get(at) ?? []), message]);
  }
  // A comma at the end is no difference.
  const bare = (of: readonly PlanLine[]): readonly string[] => of.map((line) => line.text.replace(/,$/, ''));
  const is = bare(lines);
  const all = diffLines(bare(linesOf(plan.inForce)), is);
  const shown = shownLines(all, problemAt);
  return (
    <div class="diff" tabIndex={0} role="region" aria-label="Differences to the last good plan">
      {all.map(({ kind, text: line, at }, index) =>
        shown[index] ? (
          <div key={index}>
            <div class={kind}>
              <span class="visually-hidden">
                {kind === 'was' ? 'in force: ' : kind === 'is' ? 'new: ' : ''}
              </span>
              <span aria-hidden="true">{diffMarks[kind]} </span>
              {line}
            </div>
            {(at === undefined ? [] : (problemAt.get(at) ?? [])).map((message) => (
              <div key={message} class="wrong">
                <Mark tone="bad">{message}</Mark>
              </div>
            ))}
          </div>
        ) : (
          shown[index - 1] && (
            <div key={index} class="gap">
              …
            </div>
          )
        ),
      )}
    </div>
  );
}

function Standing({ plan }: { plan: Plan }): JSX.Element {
  const [tone, text] = standings[plan.standing];
  return (
    <>
      <p>
        <Mark tone={tone}>{text}</Mark>{' '}
        <span class="muted">
          {plan.since && (
            <>
              since <Time at={plan.since} /> ·{' '}
            </>
          )}
          {plan.location}
        </span>
      </p>
      {plan.problems.length > 0 && (
        <Notice tone={plan.standing === 'current' ? 'warn' : 'bad'}>
          <ul>
            {plan.problems.map(({ path, message }) => (
              <li key={path + message}>
                <code>{path}</code> {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {plan.warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      {plan.lyingThere !== undefined && (
        <section>
          <h2>What lies there, beside the plan in force</h2>
          <Draft plan={plan} text={plan.lyingThere} />
        </section>
      )}
    </>
  );
}

interface Told {
  readonly id: string;
  readonly reason: string;
  readonly note?: string;
}

/** Resources by the reason they share, the most common first. */
function ByReason({ title, told }: { title: string; told: readonly Told[] }): JSX.Element | null {
  if (told.length === 0) return null;
  const groups = new Map<string, Told[]>();
  for (const one of told) groups.set(one.reason, [...(groups.get(one.reason) ?? []), one]);
  return (
    <section>
      <h2>
        {title}: {told.length.toLocaleString('en-GB')}
      </h2>
      {[...groups]
        .sort(([, one], [, other]) => other.length - one.length)
        .map(([reason, those]) => (
          <details key={reason}>
            <summary>
              {reason} <b>{those.length.toLocaleString('en-GB')}</b>
            </summary>
            <Listed of={those}>
              {({ id, note }) => (
                <li key={id}>
                  <a href={linkTo('resource', { id })} title={id}>
                    {nameOf(id)}
                  </a>{' '}
                  {note && <span class="muted">{note}</span>}
                </li>
              )}
            </Listed>
          </details>
        ))}
    </section>
  );
}

/** What a rule takes and cannot have, in words as of a list by reason. */
const unfit = ({ notEligible }: Plan): readonly Told[] =>
  notEligible.map(({ id, rule, reason }) => ({ id, reason: `${rule}: ${reason}` }));

const outside = ({ protectedOutsidePlan }: Plan): readonly Told[] =>
  protectedOutsidePlan.map(({ id, vaultId, state, reason }) => ({
    ...{ id, reason },
    note: `in ${nameOf(vaultId)}, ${state}`,
  }));

const Orphans = ({ orphans }: Pick<Plan, 'orphans'>): JSX.Element => (
  <Listed of={orphans}>
    {({ item, source, state }) => (
      <li key={item}>
        <span title={item}>{nameOf(source)}</span> <span class="muted">{state}</span>
      </li>
    )}
  </Listed>
);

/** The plan in force beside what Azure holds. */
export function PlanPage(): JSX.Element {
  const [live, again] = useLive<Plan>('/api/plan');
  return (
    <>
      <Heading title="Plan">
        <button type="button" onClick={again} disabled={live.isReading}>
          {live.isReading ? 'Reading Azure …' : 'Read again'}
        </button>
      </Heading>
      <Loaded live={live} what="the plan and what Azure holds">
        {(plan) => {
          const { rules = [], schedules = [], drills = [] } = plan.inForce;
          const selectedBy = (name: string): readonly Selected[] =>
            plan.rules.find(({ rule }) => rule === name)?.selected ?? [];
          return (
            <>
              <Standing plan={plan} />
              {plan.standing === 'empty' && plan.problems.length === 0 && (
                <Empty title="No plan yet.">
                  Put a plan at <code>{plan.location}</code>; <code>plan/sample.plan.json</code> is one to
                  begin with, and <code>npm run plan -- FILE</code> checks it. Without one, backups run only
                  when somebody asks.
                </Empty>
              )}
              {rules.length > 0 && <h2>Rules</h2>}
              {rules.map((rule) => (
                <RuleBox
                  key={rule.name}
                  rule={rule}
                  selected={selectedBy(rule.name)}
                  unfit={plan.notEligible.filter((one) => one.rule === rule.name).length}
                />
              ))}
              {schedules.length > 0 && <h2>Schedules</h2>}
              <div class="boxes">
                {schedules.map((schedule) => (
                  <ScheduleBox
                    key={schedule.name}
                    schedule={schedule}
                    times={plan.occurrences[schedule.name] ?? []}
                  />
                ))}
              </div>
              {drills.length > 0 && <h2>Restore drills</h2>}
              <div class="boxes">
                {drills.map((drill) => (
                  <DrillBox key={drill.name} drill={drill} times={plan.drillOccurrences[drill.name] ?? []} />
                ))}
              </div>
              <ByReason title="Not eligible" told={unfit(plan)} />
              <ByReason title="Protected outside the plan" told={outside(plan)} />
              <ByReason title="Passed over" told={plan.skipped} />
              {plan.orphans.length > 0 && (
                <section>
                  <h2>Backups whose source is gone: {plan.orphans.length.toLocaleString('en-GB')}</h2>
                  <Orphans orphans={plan.orphans} />
                </section>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
