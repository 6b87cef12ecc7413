import { createHash } from 'node:crypto';
import type { Tlp } from '../../../../base/label.ts';

/** An object of STIX 2.1 (OASIS Standard, 10 June 2021) as JSON has it. */
export interface StixObject {
  readonly type: string;
  readonly spec_version: '2.1';
  readonly id: string;
  readonly created?: string;
  readonly modified?: string;
  readonly [property: string]: unknown;
}

export interface StixBundle {
  readonly type: 'bundle';
  readonly id: string;
  readonly objects: readonly StixObject[];
}

/** Ours, for what we say: STIX 2.1 §2.9 keeps its own namespace for cyber observables. */
const namespace = '9d0c4e0f-3f6d-4d0a-8f0c-6a1f0b7d2e5c';
/** STIX 2.1 §2.9: for the deterministic ids of cyber observables, from their contributing properties. */
const observableNamespace = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** RFC 9562 §5.5. */
function uuid5(within: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(within.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The same words always give the same id: whoever gets an advisory twice has it once. The type is part of the name (§2.9: no UUID twice). */
export function stixId(type: string, ...words: readonly string[]): string {
  return `${type}--${uuid5(namespace, JSON.stringify([type, ...words]))}`;
}

/** `contributing` is canonical JSON (RFC 8785) of the properties that §6 names for the type. */
export function observableId(type: string, contributing: string): string {
  return `${type}--${uuid5(observableNamespace, contributing)}`;
}

/** Of what has no time of its own: our identity, which is the same in every bundle. */
export const timeless = '2026-01-01T00:00:00.000Z';

const tlpExtension = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
/** The five marking definitions that the CTI TC has published for TLP 2.0; nobody makes others. */
export const tlpMarkings: Readonly<Record<Tlp, string>> = {
  CLEAR: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  GREEN: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  AMBER: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'AMBER+STRICT': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  RED: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};

export function tlpMarking(tlp: Tlp): StixObject {
  return {
    type: 'marking-definition',
    spec_version: '2.1',
    id: tlpMarkings[tlp],
    created: '2022-10-01T00:00:00.000Z',
    name: `TLP:${tlp}`,
    extensions: { [tlpExtension]: { extension_type: 'property-extension', tlp_2_0: tlp.toLowerCase() } },
  };
}

/** TLP 1.0, STIX 2.1 §7.2.1.4, as others still write it; WHITE is what CLEAR is called now. */
export const oldMarkings: Readonly<Record<string, Tlp>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'CLEAR',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'GREEN',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'AMBER',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'RED',
};
