import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { isTurningPoint, snapshot, type Change, type InstanceRecord } from './instanceRecord.ts';
import { replay, type InstanceStore } from './instanceStore.ts';

interface LogLine {
  readonly instanceId: string;
  readonly change: Change;
}

/**
 * A store of one append-only JSON-lines file per instance, named for the hash of its id.
 *
 * A SIGKILL leaves at most a torn last line, which is ignored. A file is rewritten as one line when a new generation
 * begins and when the instance has finished.
 *
 * @param folder created when missing; nothing else may write there.
 */
export function createFileStore(folder: string): InstanceStore {
  mkdirSync(folder, { recursive: true });
  const fileOf = (instanceId: string): string =>
    path.join(folder, `${createHash('sha256').update(instanceId).digest('hex')}.jsonl`);
  return {
    loadAll: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.jsonl'))
        .sort()
        .flatMap((name) => reopen(path.join(folder, name))),
    commit(instanceId, change) {
      const file = fileOf(instanceId);
      appendFileSync(file, `${JSON.stringify({ instanceId, change })}\n`);
      if (isTurningPoint(change)) compact(file);
    },
    remove: (instanceId) => rmSync(fileOf(instanceId), { force: true }),
  };
}

function compact(file: string): void {
  const [record] = readInstance(file);
  if (!record) return;
  const line: LogLine = { instanceId: record.head.instanceId, change: snapshot(record) };
  writeFileSync(`${file}.new`, `${JSON.stringify(line)}\n`);
  renameSync(`${file}.new`, file);
}

function reopen(file: string): InstanceRecord[] {
  // A torn tail would swallow the next line that is appended.
  if (!readFileSync(file, 'utf8').endsWith('\n')) compact(file);
  return readInstance(file);
}

function readInstance(file: string): InstanceRecord[] {
  const lines = readFileSync(file, 'utf8').split('\n').flatMap(readLine);
  const [first] = lines;
  return first
    ? [
        replay(
          first.instanceId,
          lines.map((line) => line.change),
        ),
      ]
    : [];
}

function readLine(text: string): LogLine[] {
  if (text === '') return [];
  try {
    return [JSON.parse(text) as LogLine];
  } catch {
    return [];
  }
}
