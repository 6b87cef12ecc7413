/** Terminal control sequences (ECMA-48): CSI, OSC, and two-character escapes. */
// biome-ignore format: one kind a line
const escapes = new RegExp([
  '\\u001b\\[[0-?]*[ -/]*[@-~]',
  '\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?',
  '\\u001b[ -~]?',
].join('|'), 'g');
/** Control and formatting characters but newline and tab: bidirectional overrides, zero-width, tags. */
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/**
 * What a program in the box printed, as it goes back to the model and into the transcript: hostile bytes made into bounded, visible text.
 * Too long a text keeps its beginning and its end and says how much is left out.
 */
export function scrubbed(bytes: Uint8Array, maxChars: number): string {
  const text = Buffer.from(bytes).toString('utf8').replace(escapes, '').replace(/\r\n?/g, '\n').replace(invisible, '\ufffd');
  if (text.length <= maxChars) return text;
  const half = Math.floor(maxChars / 2);
  return `${text.slice(0, half).toWellFormed()}\n[${text.length - 2 * half} characters left out]\n${text.slice(-half).toWellFormed()}`;
}
