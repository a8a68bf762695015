import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { packaged } from '../../scripts/package.ts';
import { zip } from '../../scripts/zip.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'package-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads an archive by its directory, as an unpacker does. */
function unzip(archive: Buffer): Readonly<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const from = archive.readUInt32LE(at + 42) + 30 + nameLength;
    const contents = inflateRawSync(archive.subarray(from, from + archive.readUInt32LE(at + 20)));
    expect(crc32(contents)).toBe(archive.readUInt32LE(at + 16));
    files[name] = contents;
    at += 46 + nameLength;
  }
  return files;
}

test('the package holds the bundle, host.json, package.json and the plan, and no packages: at most 0.8 MB of code, 0.95 MB with the page', async () => {
  const entries = await packaged('plan/sample.plan.json', path.join(folder, 'bundle'));
  const archive = zip(entries);
  const files = unzip(archive);
  expect(Object.keys(files).filter((name) => !name.startsWith('dist/'))).toEqual([
    'host.json',
    'package.json',
    'plan.json',
  ]);
  expect(Object.keys(files)).toContain('dist/main.cjs');
  expect(Object.keys(files).filter((name) => /node_modules|\.map$|\.ts$/.test(name))).toEqual([]);
  const ofPage = /^dist\/ui\//;
  expect(zip(entries.filter(({ name }) => !ofPage.test(name))).length).toBeLessThan(800_000);
  expect(archive.length).toBeLessThan(950_000);
  const { main, dependencies } = JSON.parse(String(files['package.json'])) as Record<string, unknown>;
  expect({ main, dependencies }).toEqual({ main: 'dist/main.cjs', dependencies: undefined });
});

test('a plan that is not in order is not packed, and every problem is named', async () => {
  const plan = path.join(folder, 'plan.json');
  writeFileSync(plan, '{ "rules": 1, "schedules": "nightly" }');
  const packing = packaged(plan, path.join(folder, 'bundle'));
  await expect(packing).rejects.toThrow(/rules[\s\S]*schedules/);
});

test('a clone without a plan is packed without one', async () => {
  const entries = await packaged(undefined, path.join(folder, 'bundle'));
  expect(entries.map(({ name }) => name)).not.toContain('plan.json');
});
