/** What ends a line when it is shown. */
const blocks = /^(?:p|div|br|tr|li|ul|ol|h[1-6]|table|hr|pre|section|article|header|footer)$/;
/** What is not shown, or is another's. */
const unseen = /^(?:script|style|head|title|template|noscript|svg|math|iframe|object|select|textarea)$/;
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/**
 * The words of an HTML mail, so that a person can read them; nothing of it is ever shown as HTML. Each character is looked at once. What is
 * quoted begins its lines with `>`, as in a plain mail.
 */
export function textOfHtml(html: string): string {
  const lines = lineWriter();
  let hidden: string | undefined;
  for (let at = 0; at < html.length; ) {
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4);
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    const open = html.indexOf('<', at);
    const upTo = open < 0 ? html.length : open;
    if (hidden === undefined && upTo > at) lines.say(decoded(html.slice(at, upTo)));
    if (open < 0) break;
    if (html.startsWith('<!--', open)) {
      at = open;
      continue;
    }
    const close = endOfTag(html, open + 1);
    const [, slash, name = ''] = /^(\/?)([a-z][a-z0-9]{0,15})/i.exec(html.slice(open + 1, open + 18)) ?? [];
    at = close;
    const tag = name.toLowerCase();
    if (hidden !== undefined) {
      if (slash && tag === hidden) hidden = undefined;
    } else if (unseen.test(tag) && !slash) hidden = tag;
    else if (tag === 'blockquote') lines.quote(slash ? -1 : 1);
    else if (blocks.test(tag)) lines.end(tag === 'br', slash !== '' && tag === 'p');
  }
  return lines.text();
}

/** After the tag that begins here; `>` within quotes does not end it. A tag without an end is the end of all. */
function endOfTag(html: string, from: number): number {
  let quote = '';
  for (let at = from; at < html.length; at++) {
    const c = html[at]!;
    if (quote) quote = c === quote ? '' : quote;
    else if (c === '>') return at + 1;
    else if ((c === '"' || c === "'") && html[at - 1] === '=') quote = c;
  }
  return html.length;
}

function lineWriter() {
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const end = (always = false, spaced = false) => {
    const shown = line.trim();
    if (shown || always) lines.push(shown ? `${'> '.repeat(Math.min(depth, 8))}${shown}` : '');
    if (spaced && lines.at(-1)) lines.push('');
    line = '';
  };
  return {
    say(text: string) {
      line += text.replace(/\s+/g, ' ');
    },
    end,
    quote(by: number) {
      end();
      depth = Math.max(0, depth + by);
    },
    text(): string {
      end();
      return lines.join('\n').trim();
    },
  };
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (all, decimal, hex, name) => {
    if (name) return named[name.toLowerCase()] ?? all;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : '\ufffd';
  });
}
