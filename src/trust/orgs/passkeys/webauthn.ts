import { X509Certificate } from 'node:crypto';
import type { Passkeys } from '../../../base/doors.ts';
import { type Instant, instantOf } from '../../../base/instant.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { Passkey } from './passkey.ts';

/** RegistrationResponseJSON of WebAuthn level 3 §5.1, as far as it is read. */
interface Made {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports?: string[] | undefined;
  };
}

/** AuthenticationResponseJSON, as far as it is read. */
export interface Answered {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string | undefined;
  };
}

interface Registered {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly aaguid: string;
  readonly transports: readonly string[];
  readonly isSynced: boolean;
  readonly attestation: 'none' | 'trusted' | 'untrusted';
}

/** ES256, EdDSA, RS256 (IANA COSE algorithms): what devices of the field make. */
const algorithms = [-7, -8, -257];
const transports = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal', 'cable'];
type Transport = 'usb' | 'nfc' | 'ble' | 'smart-card' | 'hybrid' | 'internal' | 'cable';

export function creationOptions(
  site: Passkeys,
  person: { readonly id: string; readonly name: string; readonly email: string },
  challenge: string,
  known: readonly Passkey[],
  timeoutMs: number,
) {
  return {
    challenge,
    rp: { id: site.rpId, name: 'Breakwater' },
    user: { id: Buffer.from(person.id).toString('base64url'), name: person.email, displayName: person.name },
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key' as const, alg })),
    timeout: timeoutMs,
    excludeCredentials: known.map((k) => ({ id: k.credentialId, type: 'public-key' as const, transports: [...k.transports] })),
    authenticatorSelection: { residentKey: 'required' as const, requireResidentKey: true, userVerification: 'required' as const },
    // A maker's word is asked for only where somebody here knows makers: it makes people easier to tell apart.
    attestation: site.roots.length > 0 ? ('direct' as const) : ('none' as const),
  };
}

export function requestOptions(site: Passkeys, challenge: string, known: readonly Passkey[], timeoutMs: number) {
  return {
    challenge,
    rpId: site.rpId,
    timeout: timeoutMs,
    userVerification: 'required' as const,
    allowCredentials: known.map((k) => ({ id: k.credentialId, type: 'public-key' as const, transports: [...k.transports] })),
  };
}

/** The challenge that an answer claims to answer; read before anything is verified, and hostile. */
export function challengeOf(clientDataJSON: string): string | Refusal {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as { challenge?: unknown };
    return typeof challenge === 'string' ? challenge : refuse('malformed', 'says no challenge', '/answer');
  } catch {
    return refuse('malformed', 'is no answer of a browser', '/answer');
  }
}

/** Loaded when first needed: it takes most of a second, and every command of the tool would wait for it. */
async function library() {
  const [webauthn, { decodeAttestationObject }] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ]);
  // With roots the library itself would fetch the lists of revoked certificates from wherever these name; the chain is followed below.
  for (const identifier of ['android-key', 'android-safetynet', 'apple'] as const)
    webauthn.SettingsService.setRootCertificates({ identifier, certificates: [] });
  return { ...webauthn, decodeAttestationObject };
}

/** WebAuthn level 3 §7.1. The caller has looked at the challenge. */
export async function verifyMade(site: Passkeys, made: Made, challenge: string, now: Instant): Promise<Registered | Refusal> {
  const { verifyRegistrationResponse, decodeAttestationObject } = await library();
  try {
    const given = { ...made, clientExtensionResults: {}, response: { ...made.response, transports: [] } };
    const { verified, registrationInfo: info } = await verifyRegistrationResponse({
      response: given,
      ...expected(site, challenge),
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified || !info.userVerified) return refuse('untrusted', 'this passkey did not pass its check', '/answer');
    const chain = decodeAttestationObject(info.attestationObject).get('attStmt').get('x5c') ?? [];
    return {
      credentialId: info.credential.id,
      publicKey: Buffer.from(info.credential.publicKey).toString('base64url'),
      counter: info.credential.counter,
      aaguid: info.aaguid,
      transports: [...new Set(made.response.transports ?? [])].filter((t) => transports.includes(t)),
      isSynced: info.credentialDeviceType === 'multiDevice',
      attestation: chain.length === 0 ? 'none' : leadsTo(chain, site.roots, now) ? 'trusted' : 'untrusted',
    };
  } catch (error) {
    return unverified(error);
  }
}

/** WebAuthn level 3 §7.2; returns what the device has counted to. Whether that is too little is not asked here. */
export async function verifyAnswered(site: Passkeys, answered: Answered, challenge: string, by: Passkey): Promise<number | Refusal> {
  const { verifyAuthenticationResponse } = await library();
  try {
    const { userHandle, ...rest } = answered.response;
    if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString() !== by.personId)
      return refuse('untrusted', 'this passkey is not of this person', '/answer');
    const publicKey = new Uint8Array(Buffer.from(by.publicKey, 'base64url'));
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...answered, clientExtensionResults: {}, response: rest },
      ...expected(site, challenge),
      // 0: a counter that went back is an answer, not a failure; the caller remembers it.
      credential: { id: by.credentialId, publicKey, counter: 0, transports: by.transports as Transport[] },
    });
    return verified ? authenticationInfo.newCounter : refuse('untrusted', 'the signature does not hold', '/answer');
  } catch (error) {
    return unverified(error);
  }
}

function expected(site: Passkeys, challenge: string) {
  return {
    expectedChallenge: challenge,
    expectedOrigin: [...site.origins],
    expectedRPID: site.rpId,
    requireUserVerification: true,
  };
}

function unverified(error: unknown): Refusal {
  return isRefusal(error)
    ? error
    : refuse('untrusted', `this passkey did not pass its check: ${(error as Error).message}`.slice(0, 300), '/answer');
}

/** X.509 (RFC 5280 §6.1 in small): each certificate by the next, all within their times, the last by a root. Whether one was revoked is not looked up. */
function leadsTo(chain: readonly Uint8Array[], roots: readonly string[], now: Instant): boolean {
  if (chain.length > 8) return false;
  const certificates = chain.map((der) => new X509Certificate(der));
  const isNow = (c: X509Certificate) => instantOf(c.validFromDate.getTime()) <= now && now < instantOf(c.validToDate.getTime());
  if (!certificates.every((c, i) => isNow(c) && (i === 0 || c.ca))) return false;
  const isBy = (c: X509Certificate, issuer: X509Certificate) => c.checkIssued(issuer) && c.verify(issuer.publicKey);
  if (!certificates.every((c, i) => i + 1 === certificates.length || isBy(c, certificates[i + 1]!))) return false;
  const last = certificates.at(-1)!;
  return roots.map((pem) => new X509Certificate(pem)).some((root) => isNow(root) && (last.raw.equals(root.raw) || isBy(last, root)));
}
