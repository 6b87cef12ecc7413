import { z } from 'zod';

/** Below the tree's root; who takes it away has the tree made anew. */
export const markerPath = '.complete.json';

/** Up to where the tree on disk is complete. Written after all that it speaks of: whatever was cut short is done again from here. */
const shape = z.object({
  layout: z.literal(1),
  origin: z.string(),
  key: z.string(),
  /** Releases of the feed that the tree shows, and the leaf of the last: of another feed nothing here is true. */
  size: z.number(),
  leaf: z.string().nullable(),
  /** Lists that are written less often, and up to which release each is complete. */
  behind: z.record(z.string(), z.number()),
  /** By folder, the newest first. */
  years: z.record(z.string(), z.array(z.string())),
  ecosystems: z.array(z.string()),
});
export type Marker = z.infer<typeof shape>;

export function freshMarker(origin: string, key: string): Marker {
  return { layout: 1, origin, key, size: 0, leaf: null, behind: {}, years: {}, ecosystems: [] };
}

/** undefined where there is none, or one of another layout. */
export function markerOf(bytes: Uint8Array | undefined): Marker | undefined {
  if (!bytes) return undefined;
  try {
    return shape.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return undefined;
  }
}

export function markerBytes(marker: Marker): Buffer {
  return Buffer.from(`${JSON.stringify(marker)}\n`);
}
