import type { Checkpoint, FeedItem } from './feed.ts';

/** A page for people without JavaScript, fonts or anything from elsewhere: what a CDN serves when all else is down. */
export function page(items: readonly FeedItem[], checkpoint: Checkpoint): string {
  const rows = items.map(row).join('\n');
  const table = `<table>
<thead><tr><th scope="col">Advisory</th><th scope="col">Published (UTC)</th><th scope="col">Packages</th><th scope="col">Documents</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Security advisories</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #999}pre{overflow-x:auto}</style>
</head>
<body>
<main>
<h1>Security advisories</h1>
${items.length === 0 ? '<p>Nothing has been published yet.</p>' : table}
<h2>Check for yourself</h2>
<p>The <a href="feed.json">feed</a> is append-only: each entry proves its place in the tree that this <a href="checkpoint">checkpoint</a> signs.</p>
<pre>${escaped(checkpoint.note)}</pre>
<p>Verifier key: <code>${escaped(checkpoint.key)}</code></p>
</main>
</body>
</html>
`;
}

function row(item: FeedItem): string {
  const links = item.documents.map(
    (d) => `<a href="${escaped(d.path.split('/').map(encodeURIComponent).join('/'))}">${escaped(d.format)}</a>`,
  );
  const version = item.version > 1 ? ` (version ${item.version})` : '';
  return `<tr><th scope="row">${escaped(item.id)}${version}<br>${escaped(item.title)}</th><td>${escaped(item.publishedAt)}</td><td>${item.packages.map(escaped).join('<br>')}</td><td>${links.join('<br>')}</td></tr>`;
}

/** Titles come from people. */
function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (c) => entities[c]!);
}
