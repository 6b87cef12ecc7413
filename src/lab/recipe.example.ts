/** A recipe for tests: a Debian pair, one harness file, a functional test. */
export const exampleRecipe = {
  id: 'example-1',
  title: 'An example',
  target: { ecosystem: 'debian', purl: 'pkg:deb/debian/example' },
  vulnerability: { id: 'CVE-2026-0001', weaknesses: ['CWE-125'] },
  variants: {
    vulnerable: { kind: 'debian', package: 'example', version: '1.0-1', patch: 'fix.patch', including: false },
    fixed: { kind: 'debian', package: 'example', version: '1.0-1', patch: 'fix.patch', including: true },
  },
  files: ['harness.c'],
  build: { steps: [['cc', '-o', 'target', '/harness/harness.c']] },
  run: { argv: ['/src/target', '{poc}'] },
  oracle: { kind: 'sanitizer' },
  control: 'control.txt',
  limits: { wallMs: 5000 },
  tests: [{ name: 'works', argv: ['/src/target', 'test'], stdout: 'ok\n' }],
  patch: { immutable: ['tests'] },
  pocs: ['poc.txt'],
};

export const exampleFiles = {
  'harness.c': Buffer.from('int main(void) { return 0; }'),
  'control.txt': Buffer.from('fine'),
  'poc.txt': Buffer.from('boom'),
};
