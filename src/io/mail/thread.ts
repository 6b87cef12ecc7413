import { parentPort, workerData } from 'node:worker_threads';
import { mailOf } from './parse.ts';

/** Node's own takes 60 µs for each piece, and the parser makes two of each line: minutes for one mail. This thread has no other use for it. */
class WholeBlob {
  readonly whole: Buffer;

  constructor(parts: readonly (Uint8Array | ArrayBuffer | string)[] = []) {
    this.whole = Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Buffer.from(part as string))));
  }

  async arrayBuffer(): Promise<ArrayBufferLike> {
    return this.whole.buffer.slice(this.whole.byteOffset, this.whole.byteOffset + this.whole.byteLength);
  }
}

Object.assign(globalThis, { Blob: WholeBlob });
const { envelope, bytes } = workerData;
parentPort?.postMessage(await mailOf(envelope, bytes));
