import { existsSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { realLab } from '../equipment/real-lab.ts';

/** The oracles that a Python driver can be seen by, in the real box. */
const lab = realLab();
const missing = lab.missing || (existsSync('/usr/bin/python3') ? '' : 'python3 is missing: `apt-get install -y python3`');
if (missing) console.warn(`Python oracles contract skipped: ${missing}`);
afterAll(() => lab.close());

const passOn = 'import flawed\n\ndef drive(data, box):\n    return flawed.act(data.decode(), box)\n';
const trialOf = (kind: string, act: string, control: string, poc: string, mended?: string) => ({
  recipe: {
    target: { ecosystem: 'pypi', purl: 'pkg:pypi/flawed' },
    inline: { 'drive.py': passOn, control },
    run: { driver: 'drive.py' },
    oracle: { kind },
    limits: { cpuSec: kind === 'super-linear' ? 60 : 3 },
  },
  vulnerable: { 'site-packages/flawed/__init__.py': act },
  ...(mended === undefined ? {} : { fixed: { 'site-packages/flawed/__init__.py': mended } }),
  poc,
  runs: 1,
});

describe('a Python driver', () => {
  test.each<[string, string, string, string, string]>([
    [
      'command-execution',
      'import os\ndef act(text, box):\n    os.system("ls " + text)\n',
      'import subprocess\ndef act(text, box):\n    subprocess.run(["ls", text])\n',
      '/tmp',
      '; /tmp/canary/run #',
    ],
    [
      'code-execution',
      'def act(text, box):\n    return eval(text)\n',
      'import ast\ndef act(text, box):\n    return ast.literal_eval(text)\n',
      '[1, 2]',
      'canary()',
    ],
    [
      'file-read',
      'def act(text, box):\n    with open("/etc/ld.so.cache" if text == "x" else box.root + text, "rb") as file:\n        return {"body": [file.read()]}\n',
      'def act(text, box):\n    return {"body": []}\n',
      'x',
      '/../canary/secret',
    ],
    [
      'file-write',
      'def act(text, box):\n    with open(box.root + "/" + text, "w") as file:\n        file.write("x")\n',
      'import os\ndef act(text, box):\n    with open(box.root + "/" + os.path.basename(text), "w") as file:\n        file.write("x")\n',
      'inside',
      '../canary/written',
    ],
    [
      'outbound-request',
      'import urllib.request\ndef act(text, box):\n    return text and urllib.request.urlopen(text).read()\n',
      'def act(text, box):\n    return text\n',
      '',
      'http://127.0.0.1:8099/meta',
    ],
  ])(
    '%s: trips on the vulnerable build, is silent on the fixed and on the control',
    { timeout: 120_000 },
    async (kind, act, mended, control, poc) => {
      if (missing) return console.warn(missing);
      const { verdict, evidence } = await lab.try(trialOf(kind, act, control, poc, mended));
      expect([verdict.verdict, verdict.because, evidence.runs.map((run) => run.stderr.shown).join('')]).toEqual([
        'reproduced',
        '1 of 1 runs on the vulnerable build, 0 of 1 on the fixed, silent on the control input',
        expect.anything(),
      ]);
      expect(verdict.crash?.frames[0]).toMatchObject({ function: 'act', file: 'flawed/__init__.py' });
    },
  );

  test('super-linear', { timeout: 900_000 }, async ({ skip }) => {
    if (missing) skip(missing);
    const act = (pattern: string) => `import re\ndef act(text, box):\n    return bool(re.match(r'${pattern}', text))\n`;
    const trial = trialOf('super-linear', act('^(a|a)+$'), '{"pump":"b"}', '{"pump":"a","suffix":"!"}', act('^a+$'));
    const { verdict } = await lab.try(trial);
    expect([verdict.verdict, verdict.crash?.state]).toEqual(['reproduced', expect.stringMatching(/^exponential: /)]);
  });

  test.each([
    ['an uncaught exception', 'def act(text, box):\n    if text == "bad": raise ValueError("no")\n', 'not-reproduced', 'silent'],
    ['a crash of the interpreter', 'import os\ndef act(text, box):\n    if text == "bad": os.abort()\n', 'could-not-tell', 'SIGABRT'],
    ['a driver that never ends', 'def act(text, box):\n    while text == "bad": pass\n', 'could-not-tell', 'did not come to an end'],
    ['a package that cannot be imported', 'import nothing_of_this_name\n', 'could-not-tell', 'nothing_of_this_name'],
    [
      'words on the descriptor',
      'import os\ndef act(text, box):\n    os.write(3, b\'{"leaked":"returned","how":"returned","token":"x"}\\n\')\n',
      'not-reproduced',
      'silent',
    ],
  ])('%s is no evidence', { timeout: 120_000 }, async (_, act, verdict, because) => {
    if (missing) return console.warn(missing);
    const seen = (await lab.try(trialOf('file-read', act, 'good', 'bad'))).verdict;
    expect([seen.verdict, seen.because]).toEqual([verdict, expect.stringContaining(because)]);
  });
});
