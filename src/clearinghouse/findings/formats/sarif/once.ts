/** Works a thing out the first time that it is asked for: what a run says once is not read again for each of its results. */
export type Once = <T>(what: string, make: () => T) => T;

export function memory(): Once {
  const made = new Map<string, unknown>();
  return <T>(what: string, make: () => T): T => {
    if (!made.has(what)) made.set(what, make());
    return made.get(what) as T;
  };
}
