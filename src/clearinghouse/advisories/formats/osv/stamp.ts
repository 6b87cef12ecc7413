/** Whether one time of a valid record (UTC, to any fraction of a second) is later than another. */
export function laterStamp(a: string, b: string): boolean {
  return settled(a) > settled(b);
}

/** One text for one time, so that comparing texts compares times. */
function settled(stamp: string): string {
  const [seconds = '', fraction = ''] = stamp.slice(0, -1).split('.');
  return `${seconds}.${fraction.replace(/0+$/, '')}`;
}
