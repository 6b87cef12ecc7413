import type { Oracle } from '../recipe.ts';

/** Ways to say the same thing to a package that guards against one of them; each row is one thing. */
const rows: Partial<Record<Oracle['kind'], readonly (readonly string[])[]>> = {
  'prototype-pollution': [
    ['__proto__', 'constructor.prototype', 'constructor"]["prototype', '["__proto__"]', '__pro__proto__to__'],
    ['"__proto__":{', '"constructor":{"prototype":{', '"\\u005f_proto__":{', '"__proto__":{"__proto__":{'],
    ['.__proto__.', '[__proto__].', "['__proto__'].", '.constructor.prototype.', '[constructor][prototype].'],
    ['"__proto__"', '["__proto__"]', '"constructor","prototype"', '["constructor"],"prototype"'],
    ['.constructor.prototype', '.__proto__', '[constructor].prototype', '.__proto__.constructor.prototype'],
  ],
  'command-execution': [
    ['; ', ' && ', ' | ', '\n', ' || ', ' & ', '$(', '`', '"; ', "'; ", '";', "';", '\r\n', ';$IFS'],
    [' #', '', ' ;', ' "', " '", ')', '`', '\n'],
  ],
  'code-execution': [
    ["'", '"', '`', "\\'", '\\"', '\u2028'],
    ['canary()', 'globalThis.canary()', "this['canary']()", 'constructor.constructor("canary()")()', '(0,canary)()'],
  ],
  'file-read': [['../', '..%2f', '%2e%2e/', '..\\', '....//', '.././', '..%5c', '%2e%2e%2f', '..//', '/../']],
  'file-write': [['../', '..\\', '....//', '.././', './../', '/../', '..//', '%2e%2e%2f']],
  'outbound-request': [['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f000001', '[::ffff:127.0.0.1]', '127.0.0.1.', '0']],
};

/** The input with each spelling that is in it replaced by each other of its row, everywhere. */
export function respelled(input: Uint8Array, oracle: Oracle['kind']): Uint8Array[] {
  const text = Buffer.from(input).toString('latin1');
  return (rows[oracle] ?? []).flatMap((row) =>
    row
      .filter((spelling) => spelling !== '' && text.includes(spelling))
      .flatMap((spelling) =>
        row
          .filter((other) => other !== spelling)
          .map((other) =>
            Buffer.from(
              text.replaceAll(spelling, () => other),
              'latin1',
            ),
          ),
      ),
  );
}
