/** Turns the machine's own list of archives into one of their source halves. Never weaker than what the machine itself accepts. */

/** One-line style (sources.list(5)): `deb [options] uri suite component...`. */
export function sourceLines(text: string): string {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(\[[^\]]*\]\s+)?(\S.*)$/.exec(line.replace(/#.*$/, ''));
    if (!match) return [];
    const options = (match[1] ?? '').replace(/[[\]]/g, '').split(/\s+/).filter(isHarmless);
    return [`deb-src ${options.length > 0 ? `[${options.join(' ')}] ` : ''}${match[2]!.trim()}`];
  });
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
}

/** deb822 style: stanzas of `Field: value`, continued by a leading space. */
export function sourceStanzas(text: string): string {
  const stanzas = text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = fieldsOf(stanza);
    const types = fields.get('types')?.split(/\s+/) ?? [];
    if (!types.includes('deb') || /^(no|false|0|off|disable)$/i.test(fields.get('enabled') ?? '')) return [];
    fields.set('types', 'deb-src');
    for (const name of [...fields.keys()]) if (!isHarmless(`${name}=`)) fields.delete(name);
    return [[...fields].map(([name, value]) => `${name}: ${value}`).join('\n')];
  });
  return stanzas.length > 0 ? `${stanzas.join('\n\n')}\n` : '';
}

/** `trusted=yes` and its like switch the signature check off; an architecture means nothing for sources. */
function isHarmless(option: string): boolean {
  return (
    option !== '' && !/^(trusted|allow-(insecure|weak|downgrade-to-insecure)|check-valid-until|arch|architectures)[+-]?=/i.test(option)
  );
}

function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of stanza.split('\n')) {
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (line.startsWith('#')) continue;
    if (match) {
      last = match[1]!.toLowerCase();
      fields.set(last, match[2]!);
    } else if (last && /^\s+\S/.test(line)) fields.set(last, `${fields.get(last)}\n${line}`);
  }
  return fields;
}
