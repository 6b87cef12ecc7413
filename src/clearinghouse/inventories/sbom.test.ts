import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { isRefusal } from '../../base/refusal.ts';
import { readSbom, type Sbom } from './sbom.ts';

const cycloneDx = (components: unknown, more: object = {}) =>
  JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components, ...more });
const read = (text: string) => {
  const sbom = readSbom(text);
  if (isRefusal(sbom)) throw new Error(sbom.because);
  return sbom;
};
const purls = (sbom: Sbom) => sbom.components.map((c) => c.purl);

test('CycloneDX: nested components and the product itself count, each purl once', () => {
  const inner = { name: 'inner', purl: 'pkg:npm/inner@2' };
  const outer = { name: 'outer', purl: 'pkg:npm/outer@1', components: [inner, { name: 'again', purl: 'pkg:npm/outer@1' }] };
  const sbom = read(
    cycloneDx([outer, { name: 'nameless' }, { name: 'bad', purl: 'npm/x' }], {
      metadata: { component: { name: 'p', purl: 'pkg:generic/product@9' } },
    }),
  );
  expect(purls(sbom).sort()).toEqual(['pkg:generic/product@9', 'pkg:npm/inner@2', 'pkg:npm/outer@1']);
  expect(sbom.unreadable).toBe(2);
  expect(sbom.components.find((c) => c.name === 'inner')).toEqual({
    purl: 'pkg:npm/inner@2',
    package: 'pkg:npm/inner',
    version: '2',
    name: 'inner',
  });
});

test('SPDX 2.3: the purl is an external reference', () => {
  const sbom = read(
    JSON.stringify({
      spdxVersion: 'SPDX-2.3',
      packages: [
        { name: 'cjson', externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:deb/debian/cjson@1.7.15-1' }] },
        { name: 'unknown', externalRefs: [{ referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:x' }] },
      ],
    }),
  );
  expect(sbom).toMatchObject({ format: 'SPDX', unreadable: 1, components: [{ package: 'pkg:deb/debian/cjson', version: '1.7.15-1' }] });
});

test('what is not an SBOM of a known version is refused', () => {
  for (const text of ['', 'x', '[]', 'null', '{}', '{"bomFormat":"CycloneDX","specVersion":"1.3"}', '{"spdxVersion":"SPDX-2.2"}'])
    expect(readSbom(text), text).toMatchObject({ refused: true });
  expect(readSbom(cycloneDx({}))).toMatchObject({ code: 'malformed' });
  expect(readSbom(cycloneDx([null]))).toMatchObject({ code: 'malformed' });
});

test('limits hold at the limit and refuse one above', () => {
  const many = (n: number) => cycloneDx(Array.from({ length: n }, (_, i) => ({ name: `c${i}` })));
  expect(read(many(limits.sbomComponents)).unreadable).toBe(limits.sbomComponents);
  expect(readSbom(many(limits.sbomComponents + 1))).toMatchObject({ code: 'too_large' });
  const padded = (bytes: number) => cycloneDx([]).padEnd(bytes, ' ');
  expect(read(padded(limits.sbomBytes)).components).toEqual([]);
  expect(readSbom(padded(limits.sbomBytes + 1))).toMatchObject({ code: 'too_large' });
});

test('deep nesting neither overflows nor passes', () => {
  expect(readSbom(`{"bomFormat":"CycloneDX","specVersion":"1.6","components":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).toMatchObject(
    { refused: true },
  );
});

test('names that no database holds are mended, purls that hold NUL are not kept', () => {
  const sbom = read(
    cycloneDx([
      { name: 'a\u0000\ud800', purl: 'pkg:npm/a@1' },
      { name: 'b', purl: 'pkg:npm/b@1%00' },
    ]),
  );
  expect(sbom.components).toMatchObject([{ name: 'a\uFFFD\uFFFD' }]);
  expect(sbom.unreadable).toBe(1);
});
