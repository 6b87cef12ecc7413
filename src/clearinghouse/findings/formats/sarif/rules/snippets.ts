import { type Resolve, resolverOf } from '../bases.ts';
import { listIn, type Members, member, objectIn, objectsIn, textIn } from '../members.ts';
import { pathOf } from '../uri.ts';
import type { Rule, Scene } from './rule.ts';

/** Media types that are taken for text; whatever is not known is taken for binary. */
const texts = new Set(
  [
    'text/x-bat text/x-cpp text/x-csharp text/coffeescript text/css text/x-fsharp text/x-handlebars-template text/html text/x-ini',
    'text/x-jade text/x-java-properties text/javascript application/json text/less text/x-lua text/x-web-markdown application/x-php',
    'text/plain text/x-powershell text/python text/x-cshtml text/ruby application/sarif-json text/scss text/x-sql text/typescript',
    'text/x-vb text/xml',
  ].flatMap((line) => line.split(' ')),
);

/** What the run's artifacts embed as text: by path where a URI can be resolved, by spelling where it cannot. */
interface Embedded {
  readonly paths: ReadonlySet<string>;
  readonly spellings: ReadonlySet<string>;
  readonly any: boolean;
  readonly anyUnresolved: boolean;
}

const shown: Rule = {
  id: 'SARIF2010',
  on: {
    result(it, at, blame, scene) {
      for (const [i, location] of objectsIn(it, 'locations')) {
        const physical = member(location, 'physicalLocation');
        if (isEmbedded(objectIn(physical, 'artifactLocation'), scene)) continue;
        for (const name of ['region', 'contextRegion']) {
          const region = objectIn(physical, name);
          if (region && !objectIn(region, 'snippet'))
            blame(`${at}/locations/${i}/physicalLocation/${name}`, 'The code is not shown: no snippet, and the file is not embedded.');
        }
      }
    },
  },
};

function isEmbedded(location: Members | undefined, { run, once }: Scene): boolean {
  if (!location || !listIn(run, 'artifacts')) return false;
  const resolve = once('bases', () => resolverOf(run));
  const embedded = once('embedded files', () => embeddedIn(run, resolve));
  if (!embedded.any) return false;
  const path = pathIn(location, resolve);
  if (path !== undefined && embedded.paths.has(path)) return true;
  return (path === undefined || embedded.anyUnresolved) && embedded.spellings.has(spellingOf(location));
}

function embeddedIn(run: Members, resolve: Resolve): Embedded {
  const artifacts = objectsIn(run, 'artifacts').map(([, artifact]) => artifact);
  const readable = artifacts.filter((artifact) => {
    const type = textIn(artifact, 'mimeType');
    return textIn(member(artifact, 'contents'), 'text') && (!type || texts.has(type));
  });
  const paths = readable.map((artifact) => pathIn(member(artifact, 'location'), resolve));
  return {
    paths: new Set(paths.filter((path) => path !== undefined)),
    spellings: new Set(artifacts.map((artifact) => spellingOf(member(artifact, 'location')))),
    any: readable.length > 0,
    anyUnresolved: paths.includes(undefined),
  };
}

function spellingOf(location: Members): string {
  return JSON.stringify([textIn(location, 'uri') ?? null, textIn(location, 'uriBaseId') ?? null]);
}

function pathIn(location: Members, resolve: Resolve): string | undefined {
  const resolved = resolve(location);
  return resolved === undefined ? undefined : pathOf(resolved);
}

export const snippetRules: readonly Rule[] = [shown];
