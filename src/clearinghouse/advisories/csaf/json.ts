/** A JSON object nobody has looked at yet. */
export type Obj = Readonly<Record<string, unknown>>;

/** A value and the JSON pointer of where it stands. */
export interface Placed<T> {
  readonly pointer: string;
  readonly value: T;
}

export function isObject(value: unknown): value is Obj {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): Obj {
  return isObject(value) ? value : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** RFC 6901 §3 */
export function step(pointer: string, key: string): string {
  return `${pointer}/${key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key}`;
}

/** The objects in the list `parent[key]`. */
export function objectsIn(parent: Obj, key: string, pointer: string): Placed<Obj>[] {
  const found: Placed<Obj>[] = [];
  const list = parent[key];
  if (Array.isArray(list))
    for (let i = 0; i < list.length; i++) if (isObject(list[i])) found.push({ pointer: `${pointer}/${key}/${i}`, value: list[i] });
  return found;
}

/** The texts in the list `parent[key]`. */
export function textsIn(parent: Obj, key: string, pointer: string): Placed<string>[] {
  const found: Placed<string>[] = [];
  const list = parent[key];
  if (Array.isArray(list))
    for (let i = 0; i < list.length; i++)
      if (typeof list[i] === 'string') found.push({ pointer: `${pointer}/${key}/${i}`, value: list[i] });
  return found;
}

/** One text for all equal values: members in the order of their keys. */
export function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${stable(value[key])}`)
    .join(',')}}`;
}

/** How many values there are, and how deep; counting ends where it is deeper than `most`. */
export function sizeOf(value: unknown, most: number): { readonly values: number; readonly tooDeep: boolean } {
  let values = 0;
  let tooDeep = false;
  const visit = (inner: unknown, depth: number): void => {
    values++;
    if (typeof inner !== 'object' || inner === null) return;
    if (depth >= most) {
      tooDeep = true;
      return;
    }
    if (Array.isArray(inner)) for (let i = 0; i < inner.length; i++) visit(inner[i], depth + 1);
    else for (const key in inner) visit((inner as Obj)[key], depth + 1);
  };
  visit(value, 0);
  return { values, tooDeep };
}
