/*
 * Compares the local host with recordings of the official one.
 *
 *   node test/host/official/compare.ts FOLDER
 *
 * FOLDER holds `app/`, `conversations/*.jsonl`, `management.jsonl`, `triggers.jsonl`. The app is copied to a temporary
 * place and runs on a virtual clock. Exit 1 when anything differs that is not tolerated by name.
 */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderFrom, onlyWord, orExit, readWords, Refused } from '../../../local/commandLine.ts';
import type { RecordedCall } from './callRecorder.ts';
import { compareConversation, hasParallelWork, type LocalRun } from './compareConversation.ts';
import { playConversation, type Sighting } from './conversationPlayer.ts';
import { playExchange } from './managementRun.ts';
import { startOfficialWorld, type OfficialWorld } from './officialWorld.ts';
import { preconditionsOf } from './preconditions.ts';
import {
  readConversations,
  readManagement,
  readTriggers,
  type Conversation,
  type Exchange,
  type TriggerLine,
} from './recordings.ts';
import { notPlayed, tolerated } from './tolerated.ts';
import { playTrigger } from './triggersRun.ts';

const SEED = 20_260_822;
const OTHER_SEEDS = 30;
const counts = { scenarios: 0, equal: 0, tolerated: 0, different: 0 };

function judge(name: string, differences: readonly string[]): void {
  counts.scenarios += 1;
  if (differences.length === 0) {
    counts.equal += 1;
    return;
  }
  const reason = [...tolerated, ...notPlayed].find((each) => each.name.test(name))?.reason;
  counts[reason === undefined ? 'different' : 'tolerated'] += 1;
  console.log(reason === undefined ? `different ${name}` : `tolerated ${name}: ${reason}`);
  if (reason === undefined) for (const difference of differences) console.log(`    ${difference}`);
}

async function attempt(work: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await work();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

async function inWorld<T>(
  appFolder: string,
  work: (world: OfficialWorld) => Promise<T>,
  seed = SEED,
): Promise<T> {
  const world = await startOfficialWorld(appFolder, seed);
  try {
    return await work(world);
  } finally {
    await world.end();
  }
}

/** Parallel work ends in another order with another seed; a recording shows one order, which one of the seeds must show. */
async function underSomeSeed(
  conversation: Conversation,
  run: (seed: number) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const first = await run(SEED);
  if (!hasParallelWork(conversation)) return first;
  for (let seed = SEED + 1, last = first; seed <= SEED + OTHER_SEEDS && last.length > 0; seed++) {
    last = await run(seed);
    if (last.length === 0) return last;
  }
  return first;
}

interface ConversationRun {
  readonly conversation: Conversation;
  readonly all: readonly Conversation[];
  /** Receives every call that was made. */
  readonly calls: RecordedCall[];
}

async function runConversation(
  appFolder: string,
  seed: number,
  { conversation, all, calls }: ConversationRun,
): Promise<readonly string[]> {
  const play = async (world: OfficialWorld): Promise<readonly string[]> => {
    for (const earlier of preconditionsOf(conversation, all)) await playConversation(world, earlier);
    const before = world.recorder.calls.length;
    const sightings = await playConversation(world, conversation);
    const own = world.recorder.calls.slice(before);
    const outcomes = await outcomesOf(world, conversation, sightings);
    calls.push(...own);
    return compareConversation(conversation, { calls: own, outcomes });
  };
  return inWorld(appFolder, play, seed);
}

/** Every end of each instance that was seen: an instance that was started over had several. */
async function outcomesOf(
  world: OfficialWorld,
  { outcomes }: Conversation,
  sightings: readonly Sighting[],
): Promise<LocalRun['outcomes']> {
  const found = [];
  for (const { instanceId } of outcomes) {
    const seen = sightings.filter((each) => each.id === instanceId).map((each) => each.status);
    found.push([await world.status(instanceId), ...seen]);
  }
  return found;
}

interface Recordings {
  /** The app that was recorded. */
  readonly app: string;
  readonly conversations: readonly Conversation[];
  readonly management: readonly Exchange[];
  readonly triggers: readonly TriggerLine[];
}

/** @throws Refused for a folder that is missing, or has no app or nothing to compare. */
function recordingsIn(folder: string): Recordings {
  const read = {
    app: folderFrom(join(folderFrom(folder), 'app')),
    conversations: readConversations(folder),
    management: readManagement(folder),
    triggers: readTriggers(folder),
  };
  if (read.conversations.length + read.management.length + read.triggers.length > 0) return read;
  throw new Refused(`${folder} holds nothing that was recorded of the official host`);
}

async function compareAll(
  { conversations, management, triggers }: Recordings,
  appFolder: string,
): Promise<void> {
  const calls: RecordedCall[] = [];
  for (const conversation of conversations) {
    const run = { conversation, all: conversations, calls };
    const differences = await attempt(() =>
      underSomeSeed(conversation, (seed) => runConversation(appFolder, seed, run)),
    );
    judge(`conversation ${conversation.name}`, differences);
  }
  await inWorld(appFolder, async (world) => {
    for (const exchange of management)
      judge(
        `management ${exchange.label}`,
        await attempt(() => playExchange(world, exchange, conversations)),
      );
    calls.push(...world.recorder.calls);
  });
  await inWorld(appFolder, async (world) => {
    for (const [at, line] of triggers.entries()) {
      const name = `trigger ${at + 1} ${line.trigger === 'entity' ? 'entity' : (line.functionName ?? line.caller?.label ?? line.trigger)}`;
      const isPlayed = !notPlayed.some((each) => each.name.test(name));
      judge(name, isPlayed ? await attempt(() => playTrigger(world, line, calls)) : ['not played']);
    }
  });
}

async function main(): Promise<void> {
  const recordings = orExit('npm run test:host -- FOLDER', () =>
    recordingsIn(onlyWord('FOLDER', readWords({}).positionals)),
  );
  const place = mkdtempSync(join(tmpdir(), 'official-host-'));
  try {
    cpSync(recordings.app, place, { recursive: true });
    symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(place, 'node_modules'));
    await compareAll(recordings, place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  const { scenarios, equal, tolerated: forgiven, different } = counts;
  console.log(`scenarios ${scenarios}, equal ${equal}, tolerated ${forgiven}, different ${different}`);
  process.exitCode = different > 0 ? 1 : 0;
}

await main();
process.exit();
