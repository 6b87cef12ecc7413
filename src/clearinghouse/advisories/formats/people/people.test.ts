import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bulletins } from '../../../../../test/drafted-bulletins.ts';
import { referenceText } from '../../../../../test/reference-data.ts';
import { insist } from '../../../../base/refusal.ts';
import { sourceOf } from '../../drafted.ts';
import type { Source } from '../../source.ts';
import { readCsaf } from '../csaf/csaf.ts';
import { writeHtml } from './html.ts';
import { writeText } from './text.ts';

/** Everything that somebody must not miss. */
function saidBy(source: Source): string[] {
  const credits = [...source.credits, ...source.vulnerabilities.flatMap((v) => v.credits)];
  const references = [...source.references, ...source.vulnerabilities.flatMap((v) => v.references)];
  return [
    source.title,
    source.tracking.id,
    source.publisher.name,
    ...source.tracking.revisions.flatMap((r) => [r.number, r.summary, r.at]),
    ...[...source.notes, ...source.vulnerabilities.flatMap((v) => v.notes)].flatMap((n) => [n.title ?? '', n.text]),
    ...credits.flatMap((c) => [...c.names, c.organization ?? '', c.summary ?? '', c.at ?? '', ...c.urls]),
    ...references.flatMap((r) => [r.url, r.summary ?? '']),
    ...source.products.flatMap((p) => [p.name, ...(p.versions?.ranges.flatMap((r) => r.events.map((e) => e.version)) ?? [])]),
    ...source.vulnerabilities.flatMap((v) => [
      ...v.remedies.flatMap((r) => [r.details, r.url ?? '', ...r.entitlements]),
      ...v.threats.map((t) => t.details),
      ...v.scores.flatMap((s) => [...s.cvss.map((c) => c.vector), s.by ?? '']),
      ...[v.cve ?? '', v.title ?? '', ...v.weaknesses.map((w) => w.id), ...v.ids.map((id) => id.text)],
    ]),
  ].filter((said) => said !== '' && said !== '0');
}

const tight = (text: string) => text.replace(/\s+/g, '');
const unescaped = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

function missing(source: Source): string[] {
  const [html, text] = [tight(unescaped(writeHtml(source))), tight(writeText(source))];
  return saidBy(source).filter((said) => !html.includes(tight(said)) || !text.includes(tight(said)));
}

/** Tags that this writer knows; what people wrote can bring none. */
const tags = /<(?!\/?(?:html|head|meta|title|style|body|main|h1|h2|h3|p|ul|li|dl|dt|dd|table|thead|tbody|tr|th|td|a|br)[\s>]|!doctype)/;

describe('for people', () => {
  test('nothing that was drafted is missing, in HTML or in text, and nothing is read as markup', () => {
    fc.assert(
      fc.property(bulletins, (bulletin) => {
        const source = sourceOf(bulletin);
        expect(missing(source)).toEqual([]);
        expect(tags.exec(writeHtml(source))).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  test('what is hostile is shown, not obeyed', () => {
    const [bulletin] = fc.sample(bulletins, { numRuns: 1, seed: 1 });
    const text = { ...bulletin!.text, title: '<script>alert(1)</script>', summary: '"><img src=x onerror=alert(1)>\u001b[2J\u0007' };
    const source = sourceOf({ ...bulletin!, text: { ...text, references: [] } });
    const evil = { ...source, references: [{ kind: 'web', url: 'javascript:alert(1)', summary: null, isSelf: false }] };
    const html = writeHtml(evil);
    expect(html).not.toMatch(/<script|<img|href="javascript/);
    expect(html).toContain('&lt;script&gt;alert(1)');
    for (const written of [html, writeText(evil)]) expect(written).not.toMatch(/[\u0007\u001b]/);
    expect(writeText(evil)).toContain('javascript:alert(1)');
  });

  test('lines of the text end before column 79, unless one word is longer', () => {
    const bulletin = fc.sample(bulletins, { numRuns: 20, seed: 2 });
    for (const one of bulletin)
      for (const line of writeText(sourceOf(one)).split('\n')) expect(line.length <= 78 || !/\S\s+\S{1,60}\s/.test(line), line).toBe(true);
  });

  test('what to do comes before what it is; what was withdrawn says so first; a translation is marked as what it is', () => {
    const [bulletin] = fc.sample(bulletins, { numRuns: 1, seed: 3 });
    const source = sourceOf(bulletin!);
    const withdrawn = {
      ...source,
      language: 'de',
      translatedFrom: 'en',
      tracking: { ...source.tracking, withdrawnAt: source.tracking.currentAt },
    };
    const [html, text] = [writeHtml(withdrawn), writeText(withdrawn)];
    expect(html.indexOf('What to do')).toBeLessThan(html.indexOf('The vulnerability'));
    expect(html).toMatch(/<h1 lang="de" dir="auto">[\s\S]*<\/h1>\n<p role="note">This advisory was withdrawn on /);
    expect(html).toContain('<html lang="en">');
    expect(text.indexOf('withdrawn')).toBeLessThan(text.indexOf('What to do'));
    expect(text).toContain('translation');
  });

  const manifest = referenceText('csaf-advisories/manifest.json');
  test.skipIf(manifest === undefined)('nothing that CISA published is missing', () => {
    for (const { file } of JSON.parse(manifest!).slice(0, 60)) {
      const source = insist(readCsaf(JSON.parse(referenceText(`csaf-advisories/${file}`)!)));
      expect([file, missing(source)]).toEqual([file, []]);
    }
  });
});
