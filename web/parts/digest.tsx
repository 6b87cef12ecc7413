/** A digest, short to the eye and whole to the pointer and the clipboard. */
export function Digest({ of, whole = false }: { of: string; whole?: boolean }) {
  return <code title={of}>{whole || of.length <= 20 ? of : `${of.slice(0, 16)}…`}</code>;
}
