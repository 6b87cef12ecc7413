/** Where in a document an object lies: member names and, for elements of an array, `*`. The document itself is ''. */
type Place = string;

interface Open {
  readonly object: boolean;
  readonly place: Place;
  readonly keys: Set<string> | undefined;
  /** Of the member whose value comes next. */
  key: string;
}

/**
 * The first key that stands twice in an object at one of these places. JSON.parse keeps the last of two silently,
 * and two readers that keep different ones see two different reports. `text` must be JSON already.
 */
export function repeatedKey(text: string, places: readonly Place[]): string | undefined {
  const stack: Open[] = [];
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    const top = stack.at(-1);
    if (char === '"') {
      const end = endOfString(text, i);
      if (expectsKey && top) {
        top.key = top.keys || top.place === '' ? (JSON.parse(text.slice(i, end + 1)) as string) : '';
        if (top.keys?.has(top.key)) return top.key;
        top.keys?.add(top.key);
        expectsKey = false;
      }
      i = end;
    } else if (char === '{' || char === '[') {
      const place = top ? placeWithin(top) : '';
      const object = char === '{';
      stack.push({ object, place, keys: object && places.includes(place) ? new Set() : undefined, key: '' });
      expectsKey = object;
    } else if (char === '}' || char === ']') {
      stack.pop();
      expectsKey = false;
    } else if (char === ',') expectsKey = top?.object === true;
  }
  return undefined;
}

/** Only the first two levels are told apart: nothing deeper is asked for, and a hostile nesting must not make long names. */
function placeWithin(parent: Open): Place {
  const depth = parent.place === '' ? 0 : parent.place.split('/').length;
  if (depth >= 3) return parent.place;
  return `${parent.place}/${parent.object ? parent.key : '*'}`;
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; ; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
}
