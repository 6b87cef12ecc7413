export function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^/\s]/i.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && hostname !== '';
}

const upstreamIds = [/^CVE-\d{4}-\d{4,}$/, /^GHSA(-[0-9a-z]{4}){3}$/, /^(OSV|GO|RUSTSEC|PYSEC)-[A-Za-z0-9][A-Za-z0-9._-]*$/];

/** TAP v1 `upstream_ids`. */
export function isUpstreamId(text: string): boolean {
  return upstreamIds.some((pattern) => pattern.test(text));
}

export function isCommit(text: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(text);
}

/** Good enough to send to: one @, no spaces, a dot or a bare host after it. */
export function isEmail(text: string): boolean {
  return /^[^\s@<>(),;:\\"[\]]+@[^\s@<>(),;:\\"[\]]+$/.test(text);
}
