/** An element, a comment or another construct in angle brackets. One without an end is its tag alone. */
interface Element {
  readonly from: number;
  readonly to: number;
  /** Between its tags; empty where it has none. */
  readonly inner: { readonly from: number; readonly to: number };
  readonly depth: number;
}

const constructs = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
] as const;
const tagName = /^<\/?([A-Za-z_][\w:.-]{0,63})/;

/** Elements of XML, HTML and their like, well formed or not, in the order in which they begin. Linear in the input. */
export function elementsOf(bytes: Uint8Array): readonly Element[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const find = finder(text);
  const found: Element[] = [];
  const open: { index: number; name: string; to: number }[] = [];
  const openBy = new Map<string, number>();
  const leave = (closed: { from: number; to: number } | undefined) => {
    const { index, name, to } = open.pop()!;
    openBy.set(name, openBy.get(name)! - 1);
    const { from, depth } = found[index]!;
    found[index] = closed
      ? { from, to: closed.to, inner: { from: to, to: closed.from }, depth }
      : { from, to, inner: { from: to, to }, depth };
  };
  for (let at = find('<', 0); at >= 0; ) {
    const [to, name, kind] = constructAt(text, at, find);
    if (kind === 'opening' || kind === 'alone') found.push({ from: at, to, inner: { from: to, to }, depth: open.length });
    if (kind === 'opening') {
      open.push({ index: found.length - 1, name, to });
      openBy.set(name, (openBy.get(name) ?? 0) + 1);
    }
    if (kind === 'closing' && openBy.get(name)) {
      while (open.at(-1)!.name !== name) leave(undefined);
      leave({ from: at, to });
    }
    at = find('<', kind === 'none' ? at + 1 : to);
  }
  while (open.length > 0) leave(undefined);
  return found;
}

type Kind = 'opening' | 'closing' | 'alone' | 'none';

function constructAt(text: string, at: number, find: ReturnType<typeof finder>): [to: number, name: string, kind: Kind] {
  for (const [begin, end] of constructs) {
    if (!text.startsWith(begin, at)) continue;
    const to = find(end, at + begin.length);
    return to < 0 ? [at, '', 'none'] : [to + end.length, '', 'alone'];
  }
  const name = tagName.exec(text.slice(at, at + 66))?.[1];
  const to = find('>', at);
  const another = find('<', at + 1);
  if (name === undefined || to < 0 || (another >= 0 && another < to)) return [at, '', 'none'];
  if (text[at + 1] === '/') return [to + 1, name, 'closing'];
  return [to + 1, name, text[to - 1] === '/' ? 'alone' : 'opening'];
}

/** indexOf for places that only grow: what was found ahead, or is nowhere, is not looked for again. */
function finder(text: string): (what: string, from: number) => number {
  const ahead = new Map<string, number>();
  return (what, from) => {
    const known = ahead.get(what);
    if (known !== undefined && (known < 0 || known >= from)) return known;
    const at = text.indexOf(what, from);
    ahead.set(what, at);
    return at;
  };
}
