import { packagesIn } from '../../advisories/text.ts';
import type { Checkpoint } from '../feed.ts';
import type { Form, Line } from './list.ts';
import { changedAt, escaped, type Shown, urlPath, yearOf } from './shown.ts';

const style =
  '<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #999}pre{overflow-x:auto}</style>';
const columns =
  '<thead><tr><th scope="col">Advisory</th><th scope="col">Published (UTC)</th><th scope="col">Packages</th><th scope="col">Documents</th></tr></thead>';

function head(title: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${style}</head>`;
}

/** A page for people without JavaScript, fonts or anything from elsewhere: what a CDN serves when all else is down. Newest first. */
export function frontPage(newest: readonly Shown[], years: readonly string[], checkpoint: Checkpoint): string {
  const table = `<table>${columns}<tbody>\n${newest.map((s) => row(s, '')).join('\n')}\n</tbody></table>`;
  const byYear = years.map((year) => `<a href="advisories/${year}/">${year}</a>`).join(' ');
  return `${head('Security advisories')}
<body><main>
<h1>Security advisories</h1>
${newest.length === 0 ? '<p>Nothing has been published yet.</p>' : `<p>All of a year: ${byYear}. To follow: <a href="atom.xml">Atom</a>, <a href="jsonfeed.json">JSON Feed</a>, <a href="csaf/provider-metadata.json">CSAF</a>, <a href="osv/ecosystems.txt">OSV</a>.</p>\n${table}`}
<h2>Check for yourself</h2>
<p>The <a href="feed.json">feed</a> is append-only: each entry proves its place in the tree that this <a href="checkpoint">checkpoint</a> signs.</p>
<pre>${escapedLines(checkpoint.note)}</pre>
<p>Verifier key: <code>${escaped(checkpoint.key)}</code></p>
<h2>In numbers</h2>
<p>What is told of each quarter, once and for all: <a href="metrics.json">metrics</a>, with what each counts.</p>
</main></body>
</html>
`;
}

/** Everything of one year on one page, so that the browser's own search finds it. */
export function yearLine(shown: Shown): Line {
  const year = yearOf(shown.bulletin);
  return { path: `advisories/${year}/index.html`, form: yearPage(year), text: row(shown, '../../') };
}

function yearPage(year: string): Form {
  return {
    head: () =>
      `${head(`Security advisories of ${year}`)}<body><main><h1>Security advisories of ${year}</h1><p><a href="../../">Newest</a></p><table>${columns}<tbody>`,
    tail: '</tbody></table></main></body></html>',
    keyOf: (line) => /^<tr id="([^"]+)"/.exec(line)?.[1],
  };
}

function row(shown: Shown, up: string): string {
  const { bulletin, documents } = shown;
  const { trackingId, text, versions } = bulletin;
  const links = documents.flatMap(({ format, paths }) =>
    paths.map((path) => `<a href="${escaped(up + urlPath(path))}">${escaped(format)}</a>`),
  );
  const version = versions.length > 1 ? ` (version ${versions.length})` : '';
  const packages = packagesIn(text).map(escaped).join('<br>');
  return `<tr id="${escaped(trackingId)}"><th scope="row">${escaped(trackingId)}${version}<br>${escaped(text.title)}</th><td>${changedAt(shown)}</td><td>${packages}</td><td>${links.join('<br>')}</td></tr>`;
}

function escapedLines(text: string): string {
  return text.split('\n').map(escaped).join('\n');
}
