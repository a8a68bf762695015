const instanceIdGrammar = /^[a-z0-9][a-z0-9-]{0,63}$/;
const eventNameGrammar = /^(step|job)-\d{1,6}$/;

/** The id as given. @throws RangeError when Durable Functions must not see it: it would read it as part of a path or query. */
export function checkedInstanceId(id: string): string {
  if (!instanceIdGrammar.test(id))
    throw new RangeError('An instance id is [a-z0-9-], at most 64 characters.');
  return id;
}

/** The name as given. @throws RangeError for a name that is not ours: a number, for one, completes the task of that number. */
export function checkedEventName(name: string): string {
  if (!eventNameGrammar.test(name)) throw new RangeError('An event name is step-<n> or job-<n>.');
  return name;
}

/** The name as given. @throws RangeError when it is more than a plain word: an unknown name hangs or ends the instance. */
export function checkedOrchestrationName(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name))
    throw new RangeError('An orchestration is named by letters and digits.');
  return name;
}
