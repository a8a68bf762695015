import { crc32, deflateRawSync } from 'node:zlib';

/** One file of an archive; `name` is its path with slashes. */
export interface ZipEntry {
  readonly name: string;
  readonly contents: Buffer;
}

/** 1980-01-01 00:00: the same files make the same archive, whenever it is made. */
const date = 0x0021;
const utf8Names = 0x0800;
const deflated = 8;

interface Written {
  readonly header: Buffer;
  readonly name: Buffer;
  readonly body: Buffer;
}

/** The fields that both of an entry's headers share, from the version that is needed to the length of the name. */
function commonFields({ name, contents }: ZipEntry, body: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(utf8Names, 2);
  fields.writeUInt16LE(deflated, 4);
  fields.writeUInt16LE(date, 8);
  fields.writeUInt32LE(crc32(contents), 10);
  fields.writeUInt32LE(body.length, 14);
  fields.writeUInt32LE(contents.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}

function write(entry: ZipEntry): Written {
  const body = deflateRawSync(entry.contents, { level: 9 });
  return { header: commonFields(entry, body), name: Buffer.from(entry.name), body };
}

/** What the directory adds: made on Unix, a plain file that everyone may read. */
function directoryEntry({ header, name }: Written, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((0o100644 << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  const madeBy = Buffer.from([20, 3]);
  return Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), madeBy, header, rest, name]);
}

/** A zip archive of the files, in their order. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const written of entries.map(write)) {
    directory.push(directoryEntry(written, offset));
    const file = Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      written.header,
      written.name,
      written.body,
    ]);
    files.push(file);
    offset += file.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listed, end]);
}
