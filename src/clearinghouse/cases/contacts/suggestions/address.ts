/** Bounded repetition everywhere: the text is hostile, and a scan costs at most so many steps a character. */
const email = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g;
/** `security at project dot org`, `security [at] project (dot) org`, as people write for other people. */
const spelled =
  /([A-Za-z0-9._+-]{1,64}) {0,2}(?:\[at\]|\(at\)|\{at\}| at ) {0,2}([A-Za-z0-9-]{1,63}(?: {0,2}(?:\[dot\]|\(dot\)|\{dot\}| dot |\.) {0,2}[A-Za-z0-9-]{1,63}){1,6})/gi;
const dot = / {0,2}(?:\[dot\]|\(dot\)|\{dot\}| dot ) {0,2}/gi;

export function emailsIn(line: string): string[] {
  const plain = [...line.matchAll(email)].map(([found]) => found);
  const said = [...line.matchAll(spelled)].flatMap(([whole, local, domain]) =>
    // Two words around an "at" are no address; that people write one out shows by the "dot" or the brackets.
    /dot|[[({]at/i.test(whole) ? [`${local}@${domain!.replace(dot, '.')}`] : [],
  );
  return [...plain, ...said].map((found) => found.replace(/[.-]+$/, '')).filter((found) => /\.[A-Za-z]{2,63}$/.test(found));
}

export function urlsIn(line: string): string[] {
  return [...line.matchAll(/https?:\/\/[^\s<>()[\]"'`|]{1,2000}/gi)].map(([found]) => found.replace(/[.,;:!?*_]+$/, ''));
}

/** RFC 2606 and RFC 6761: names that are nobody's, left in from a template. */
const nobodys = /(?:^|[@./])(?:example\.(?:com|net|org)|[a-z0-9-]{1,63}\.(?:example|invalid|test|localhost))$/i;

/** What speaks against an address or a URL by its looks alone. */
export function doubtsOf(value: string): string[] {
  const host = hostOf(value);
  const doubts: string[] = [];
  if (nobodys.test(host) || nobodys.test(`.${host}`)) doubts.push('the name is reserved for examples: left over from a template');
  if (/[^\x21-\x7e]/.test(value)) doubts.push('it holds characters that look like others');
  if (/(^|\.)xn--/i.test(host)) doubts.push('the name of the host is written in other letters than it shows');
  if (/^http:/i.test(value)) doubts.push('not encrypted on the way: http');
  if (/noreply|no-reply|donotreply/i.test(value)) doubts.push('nobody reads what is sent there');
  return doubts;
}

function hostOf(value: string): string {
  if (!value.includes('://')) return value.slice(value.lastIndexOf('@') + 1);
  try {
    return new URL(value).hostname;
  } catch {
    return '';
  }
}

/** What may be shown and stored as an address: one line of visible characters. */
export function isAddress(value: string): boolean {
  return value.length <= 2000 && value.isWellFormed() && !/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value);
}
