import type { Source } from '../../source.ts';
import type { Block, Section, Words } from './blocks.ts';
import { outlineOf } from './outline.ts';

/** One file without script, fonts or anything from elsewhere; the colours are the reader's own. */
const style = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;background:Canvas;color:CanvasText}
h1{line-height:1.2}
[role=note]{border:.2rem solid;padding:.5rem 1rem;font-weight:bold}
table{border-collapse:collapse;width:100%}
th,td{text-align:start;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.2rem 1rem}
dt{font-weight:bold}dd{margin:0;overflow-wrap:anywhere}
.prose{white-space:pre-wrap;overflow-wrap:anywhere}
@media(max-width:40rem){dl{display:block}}
@media print{body{max-width:none}a[href]{color:inherit}tr{break-inside:avoid}h2,h3{break-after:avoid}}`;

/** A page for people, static and escaped; its labels are English, what people wrote is marked as what language it is in. */
export function writeHtml(source: Source): string {
  const { title, language, banner, sections } = outlineOf(source);
  const lang = /^[A-Za-z0-9-]+$/.test(language) ? language : 'en';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(`${source.tracking.id}: ${title}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1 lang="${lang}" dir="auto">${escaped(title)}</h1>
${banner === null ? '' : `<p role="note">${escaped(banner)}</p>\n`}${sections.map((s) => sectionOf(s, lang)).join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf({ heading, level, blocks }: Section, lang: string): string {
  return `<h${level}>${escaped(heading)}</h${level}>\n${blocks.map((b) => blockOf(b, lang)).join('\n')}`;
}

function blockOf(block: Block, lang: string): string {
  switch (block.kind) {
    case 'prose':
      return block.text
        .split(/(?:\r?\n){2,}/)
        .map((part) => `<p class="prose" lang="${lang}" dir="auto">${escaped(part)}</p>`)
        .join('\n');
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li dir="auto">${wordsOf(item)}</li>`).join('\n')}\n</ul>`;
    case 'fields':
      return `<dl>\n${block.rows.map(([label, words]) => `<dt>${escaped(label)}</dt><dd dir="auto">${wordsOf(words)}</dd>`).join('\n')}\n</dl>`;
    default: {
      const head = block.head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
      const rows = block.rows.map(([first = [], ...others]) => {
        const cells = others.map((cell) => `<td dir="auto">${wordsOf(cell)}</td>`);
        return `<tr><th scope="row" dir="auto">${wordsOf(first)}</th>${cells.join('')}</tr>`;
      });
      return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`;
    }
  }
}

function wordsOf(words: readonly Words[]): string {
  return words
    .map(({ text, url }) =>
      url !== undefined && /^https?:\/\//i.test(url) ? `<a href="${escaped(url)}" rel="noreferrer">${escaped(text)}</a>` : escaped(text),
    )
    .join('<br>');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** What HTML would read as its own, and control characters, which it has no place for. */
function escaped(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n');
  return lines.replace(/[&<>"']/g, (c) => entities[c]!).replace(controls, '\uFFFD');
}

export const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
