import type { FileHandle } from 'node:fs/promises';

const chunkBytes = 256 * 1024;

/** A part of an open file, up to its end. Unlike the file's own stream it reads nothing once nobody asks, and so the file can be closed. */
export async function* chunksOf(file: FileHandle, from: number, bytes: number): AsyncGenerator<Buffer> {
  for (let at = from; at < from + bytes; ) {
    const length = Math.min(chunkBytes, from + bytes - at);
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
