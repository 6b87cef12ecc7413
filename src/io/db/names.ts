const worthIt = 20;
const mostNames = 200;
const mostCounted = 2000;

interface Names {
  /** The name under which a connection keeps the plan of this statement; undefined while it is rare, or when there are too many. */
  of(text: string): string | undefined;
  /** New names from now on: a table has changed under the plans that were kept. */
  forget(): void;
}

/** A statement said again and again is parsed and planned once a connection. One whose text grows with its values is many, each of them rare. */
export function statementNames(): Names {
  const [names, said] = [new Map<string, string>(), new Map<string, number>()];
  let forgotten = 0;
  return {
    of(text) {
      const name = names.get(text);
      if (name !== undefined || names.size >= mostNames) return name;
      const times = (said.get(text) ?? 0) + 1;
      if (said.size >= mostCounted) said.clear();
      said.set(text, times);
      if (times >= worthIt) names.set(text, `s${forgotten}_${names.size}`);
      return names.get(text);
    },
    forget() {
      names.clear();
      said.clear();
      forgotten++;
    },
  };
}
