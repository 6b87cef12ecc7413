import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest();

/** RFC 8949, as far as WebAuthn needs it: integers, byte and text strings, maps. */
function cbor(value: number | string | Uint8Array | Map<number | string, unknown>): Buffer {
  const head = (major: number, n: number) =>
    n < 24 ? [(major << 5) | n] : n < 256 ? [(major << 5) | 24, n] : [(major << 5) | 25, n >> 8, n & 255];
  if (typeof value === 'number') return Buffer.from(value < 0 ? head(1, -1 - value) : head(0, value));
  if (typeof value === 'string') return Buffer.concat([Buffer.from(head(3, Buffer.byteLength(value))), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.from(head(2, value.length)), value]);
  const members = [...value].flatMap(([k, v]) => [cbor(k), cbor(v as never)]);
  return Buffer.concat([Buffer.from(head(5, value.size)), ...members]);
}

interface Says {
  origin?: string;
  rpId?: string;
  userVerified?: boolean;
  counter?: number;
  synced?: boolean;
  userHandle?: string;
  type?: string;
}

/** A device with one key of one person (WebAuthn level 3 §6), that says whatever a test wants it to. */
export function authenticator(site = { origin: 'http://localhost', rpId: 'localhost' }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  const cose = cbor(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x!, 'base64url')],
      [-3, Buffer.from(y!, 'base64url')],
    ]),
  );
  let counter = 0;
  const dataOf = (says: Says, attested?: Buffer) => {
    const flags = 1 | (says.userVerified === false ? 0 : 4) | (says.synced ? 8 | 16 : 0) | (attested ? 64 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(says.counter ?? ++counter);
    return Buffer.concat([sha256(says.rpId ?? site.rpId), Buffer.of(flags), count, ...(attested ? [attested] : [])]);
  };
  const clientData = (type: string, challenge: string, says: Says) =>
    Buffer.from(JSON.stringify({ type: says.type ?? type, challenge, origin: says.origin ?? site.origin, crossOrigin: false }));
  return {
    id: b64(id),
    make({ challenge }: { challenge: string }, says: Says = {}) {
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, cose]);
      const members: [string, unknown][] = [
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', dataOf({ counter: 0, ...says }, attested)],
      ];
      const clientDataJSON = b64(clientData('webauthn.create', challenge, says));
      const response = { clientDataJSON, attestationObject: b64(cbor(new Map(members))), transports: ['usb'] };
      return { id: b64(id), rawId: b64(id), type: 'public-key' as const, response };
    },
    answer({ challenge }: { challenge: string }, says: Says = {}) {
      const clientDataJSON = clientData('webauthn.get', challenge, says);
      const authenticatorData = dataOf(says);
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientDataJSON)]), privateKey);
      const response = {
        clientDataJSON: b64(clientDataJSON),
        authenticatorData: b64(authenticatorData),
        signature: b64(signature),
        ...(says.userHandle === undefined ? {} : { userHandle: b64(Buffer.from(says.userHandle)) }),
      };
      return { id: b64(id), rawId: b64(id), type: 'public-key' as const, response };
    },
  };
}
