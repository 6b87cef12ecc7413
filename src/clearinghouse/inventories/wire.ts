import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireVerbatim } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { type Component, type Inventory, sbomFormats } from './inventory.ts';

export const keepInput = z.object({
  name: wireName,
  /** The SBOM as text: CycloneDX JSON or SPDX 2.3 JSON. */
  document: z.string().min(1).max(limits.sbomBytes),
});
export const byId = z.object({ id: wireId('inv') });
export const page = wirePage;
export const componentsInput = z.object({
  id: wireId('inv'),
  after: wireVerbatim(limits.purlBytes * 4).default(''),
  limit: z.coerce.number().int().min(1).max(limits.pageRows).default(50),
});

export const inventoryOut = z.object({
  id: wireId('inv'),
  orgId: wireId('org'),
  name: z.string(),
  format: z.enum(sbomFormats),
  documentDigest: z.string(),
  components: z.number(),
  unreadable: z.number(),
  revision: z.number(),
  keptAt: wireInstant,
});
export const listOut = z.object({ items: z.array(inventoryOut) });
const componentOut = z.object({ purl: z.string(), version: z.string().nullable(), name: z.string() });
export const componentsOut = z.object({ components: z.array(componentOut) });

export function present(inventory: Inventory, _viewer: Actor): z.input<typeof inventoryOut> {
  const { label: _, ...shown } = inventory;
  return shown;
}

export function presentComponents(found: readonly Component[]): z.input<typeof componentsOut> {
  return { components: found.map(({ purl, version, name }) => ({ purl, version, name })) };
}
