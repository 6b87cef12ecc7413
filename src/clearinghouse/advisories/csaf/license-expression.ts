interface LicensePart {
  readonly id: string;
  /** It stood behind WITH. */
  readonly isException: boolean;
}

const mostTokens = 1000;

/**
 * Identifiers of an SPDX license expression (SPDX 3.0.1, annex B), or what is wrong with it. CSAF 2.1 takes no DocumentRef.
 */
export function readLicenseExpression(text: string): readonly LicensePart[] | string {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  if (tokens.length > mostTokens) return `a license expression has at most ${mostTokens} parts`;
  const parts: LicensePart[] = [];
  let depth = 0;
  let expects: 'license' | 'operator' | 'exception' = 'license';
  for (const [i, token] of tokens.entries()) {
    if (expects === 'exception') {
      const fault = idFault(token, true);
      if (fault !== undefined) return fault;
      parts.push({ id: token, isException: true });
      expects = 'operator';
    } else if (expects === 'license') {
      if (token === '(') depth++;
      else {
        const fault = idFault(token, false);
        if (fault !== undefined) return fault;
        parts.push({ id: token.replace(/\+$/, ''), isException: false });
        expects = 'operator';
      }
    } else if (token === ')') {
      if (--depth < 0) return 'a bracket is closed that was never opened';
    } else if (/^(?:AND|and|OR|or)$/.test(token)) expects = 'license';
    else if (/^(?:WITH|with)$/.test(token)) {
      if (tokens[i - 1] === ')' || parts.at(-1)?.isException) return 'an exception belongs to one license';
      expects = 'exception';
    } else return `"${token.slice(0, 40)}" stands where AND, OR or WITH belongs`;
  }
  if (expects !== 'operator') return `the expression ends where a license ${expects === 'exception' ? 'exception ' : ''}belongs`;
  return depth === 0 ? parts : 'a bracket is never closed';
}

function idFault(token: string, isException: boolean): string | undefined {
  if (/^DocumentRef-/i.test(token)) return 'DocumentRef has no place in CSAF';
  if (/^(?:AND|OR|WITH|\(|\))$/i.test(token)) return `"${token}" stands where a license belongs`;
  const form = isException ? /^[a-z0-9.-]+$/i : /^[a-z0-9.-]+\+?$/i;
  if (!form.test(token)) return `"${token.slice(0, 40)}" is no license identifier`;
  const custom = /^(LicenseRef|AdditionRef)-(.*)$/i.exec(token);
  if (!custom) return undefined;
  if (token.endsWith('+')) return 'a LicenseRef has no later versions';
  if (isException !== /^AdditionRef$/i.test(custom[1]!)) return `${custom[1]} stands in the wrong place`;
  return custom[2] === '' ? `${custom[1]}- names no license` : undefined;
}
