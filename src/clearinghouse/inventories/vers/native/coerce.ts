const shape = /^[vV]?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(.*)$/s;

/** Three numbers without leading zeros, whatever stands behind them as pre-release or build; undefined when it begins with no number. */
export function coerceSemver(text: string): string | undefined {
  const [, major, minor = '0', patch = '0', tail = ''] = shape.exec(text) ?? [];
  if (major === undefined) return undefined;
  const rest = tail.replace(/[^0-9A-Za-z+.-]/g, '-');
  // A fourth number can only be build metadata here.
  const isBuild = rest.startsWith('+') || rest.startsWith('.');
  const plus = isBuild ? 0 : rest.indexOf('+');
  const pre = plus < 0 ? rest : rest.slice(0, plus);
  const build = plus < 0 ? '' : rest.slice(plus + 1).replaceAll('+', '.');
  const identifiers = pre.startsWith('-') ? pre.slice(1) : pre;
  const release = [major, minor, patch].map((digits) => digits.replace(/^0+(?=[0-9])/, '')).join('.');
  return `${release}${identifiers && `-${identifiers}`}${build && `+${build}`}`;
}
