import { limits } from '../../../../base/limits.ts';
import { doubtsOf, emailsIn, isAddress, urlsIn } from './address.ts';
import type { Channel, Found, GivenFile, Hint } from './suggestion.ts';

interface Line {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Under a heading that speaks of reporting. */
  readonly isOfReporting: boolean;
}

/** Markdown as people see it: what stands in a comment is hidden from them, and is not looked at. */
export function readSecurityMd(file: GivenFile): { found: Found[]; hints: Omit<Hint, 'file'>[] } {
  const lines = linesOf(file.text);
  const found = lines.flatMap((line) => inLine(line));
  return { found, hints: lines.flatMap(hintsIn) };
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let [isHidden, isOfReporting] = [false, false];
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    let rest = raw.slice(0, limits.lookUpLineChars);
    let shown = '';
    while (rest !== '') {
      const mark = isHidden ? '-->' : '<!--';
      const at = rest.indexOf(mark);
      if (!isHidden) shown += at < 0 ? rest : rest.slice(0, at);
      if (at < 0) break;
      rest = rest.slice(at + mark.length);
      isHidden = !isHidden;
    }
    if (/^ {0,3}#{1,6}\s/.test(shown)) isOfReporting = /report|disclos|contact|vulnerab/i.test(shown);
    lines.push({ text: shown, line: i + 1, isOfReporting });
  }
  return lines;
}

function inLine({ text, line, isOfReporting }: Line): Found[] {
  const links = [...text.matchAll(/\[([^\]]{0,300})\]\(\s{0,4}<?([^)\s>]{1,2000})/g)].map(([, shown, to]) => ({ shown: shown!, to: to! }));
  const where = isOfReporting ? 'SECURITY.md, where it says how to report' : 'SECURITY.md';
  const of = (channel: Channel, value: string, more: readonly string[] = []): Found[] => {
    if (!isAddress(value)) return [];
    const isAside = isOfReporting || channel === 'private-report' || /securit|report|vulnerab/i.test(text);
    const aside = isAside ? [] : ['it does not stand where SECURITY.md says how to report'];
    return [{ channel, value, attempt: 1, line, because: where, doubts: [...more, ...doubtsOf(value), ...aside] }];
  };
  const mails = emailsIn(text).flatMap((value) => of('email', value, mismatch(value, links)));
  const webs = urlsIn(text).flatMap((url) => {
    const channel = channelOf(url);
    return channel ? of(channel, url, channel === 'tracker' ? ['public: not for what is under embargo'] : mismatch(url, links)) : [];
  });
  return [...mails, ...webs];
}

/** A link whose text is one address and whose target another. */
function mismatch(value: string, links: readonly { readonly shown: string; readonly to: string }[]): string[] {
  const same = (a: string, b: string) =>
    a
      .replace(/^mailto:/i, '')
      .replace(/\?.*$/, '')
      .toLowerCase() === b.toLowerCase();
  const other = links.find(({ shown, to }) => {
    const said = [...emailsIn(shown), ...urlsIn(shown)];
    return said.length > 0 && !said.some((s) => same(to, s)) && (same(to, value) || said.includes(value));
  });
  return other ? [`a link that reads ${other.shown.slice(0, 100)} leads elsewhere`] : [];
}

function channelOf(url: string): Channel | undefined {
  if (/^https:\/\/(github\.com\/[^/]{1,100}\/[^/]{1,100}\/security(\/|$))/i.test(url)) return 'private-report';
  if (/\/(issues|bugs)(\/|$|\?)/i.test(url)) return /confidential/i.test(url) ? 'private-report' : 'tracker';
  if (/hackerone\.com\/|bugcrowd\.com\/|intigriti\.com\/|huntr\.(com|dev)\/|\/vulnerab|\/report(ing)?\b/i.test(url)) return 'form';
  return undefined;
}

function hintsIn({ text, line }: Line): Omit<Hint, 'file'>[] {
  const shown = text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, limits.nameChars);
  const about = (isSo: RegExp, name: Hint['about']) => (isSo.test(text) ? [{ about: name, line, text: shown }] : []);
  return [
    ...about(/\b(AI|LLMs?|ChatGPT|machine-generated|language models?)\b/, 'ai-reports'),
    ...about(/\b\d{1,3}[ -](?:business |working |calendar )?(?:days?|hours?|weeks?)\b/i, 'days'),
  ];
}
