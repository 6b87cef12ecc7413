interface Packing {
  readonly name: string | Buffer;
  readonly bytes?: Uint8Array;
  /** `0` a file, `5` a directory, `2` a symbolic link, `1` a hard link; anything else as it is. */
  readonly type?: string;
  readonly to?: string;
  readonly mode?: number;
  /** What the header says of the size, where it lies. */
  readonly says?: number;
}

/** A tar archive (ustar), for tests: with as much wrong in it as is asked for. */
export function tarOf(packings: readonly Packing[]): Buffer {
  return Buffer.concat([...packings.flatMap(packed), Buffer.alloc(1024)]);
}

function packed({ name, bytes = new Uint8Array(), type = '0', to = '', mode = 0o644, says = bytes.length }: Packing): Buffer[] {
  const header = Buffer.alloc(512);
  const octal = (n: number, digits: number) => `${n.toString(8).padStart(digits, '0')}\0`;
  Buffer.from(name).copy(header, 0, 0, 100);
  header.write(octal(mode, 7), 100);
  header.write(octal(says, 11), 124);
  header.write(octal(1_000_000_000, 11), 136);
  header.write('        ', 148);
  header.write(type, 156, 'latin1');
  header.write(to, 157);
  header.write('ustar\x0000', 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )} `,
    148,
  );
  return [header, Buffer.from(bytes), Buffer.alloc((512 - (bytes.length % 512)) % 512)];
}

/** One record of a pax header. */
export function paxRecord(key: string, value: string): Buffer {
  const bytes = Buffer.byteLength(` ${key}=${value}\n`);
  const length = bytes + String(bytes + String(bytes).length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
