/** Stands at the top of every mail that may be answered: what is written above it counts. */
export const answerLine = '-- Write your answer above this line --';

/** How mail programs begin what they quote: a line that ends so, before quoted lines; in the languages seen most. */
const introduces = /(?:wrote|schrieb|écrit|escribió|escreveu|scritto|schreef|skrev|napisał|写道)[^:\uff1a]{0,200}[:\uff1a]$/u;
const dated = /^(?:on|am|le|el|il|op|em|den|w dniu)\b/iu;
const forwarded = /^\s*-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original)\s*-{2,}/iu;
const header = /^\s*\*?(?:from|von|de|da|van)\*?\s*:.{0,300}/iu;
const headerNext = /^\s*\*?(?:sent|date|gesendet|datum|envoyé|enviado|to|an|subject|betreff)\*?\s*:/iu;

/**
 * What somebody wrote themselves in an answer: without the mail they answer, which every program puts below, and without a signature. What is
 * written between quoted lines stays with them. Each line is looked at a bounded number of times.
 */
export function ownWords(text: string): string {
  const lines = text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  const end = lines.findIndex((line, i) => isTheirs(lines, line, i));
  const own = end < 0 ? lines : lines.slice(0, end);
  while (own.length > 0 && (own.at(-1) === '' || own.at(-1)!.startsWith('>'))) own.pop();
  const [before = '', last = ''] = own.length > 1 ? own.slice(-2) : ['', own.at(-1)];
  // The line that introduces the quote; a program may have broken it in two.
  if (introduces.test(last)) own.splice(!dated.test(last) && dated.test(before) && /\d/.test(before) ? -2 : -1);
  return own.join('\n').trim();
}

/** From here on it is not theirs. */
function isTheirs(lines: readonly string[], line: string, i: number): boolean {
  if (line.replace(/^[> ]+/, '') === answerLine || line === '--') return true;
  if (forwarded.test(line)) return true;
  if (/^_{20,}$/.test(line) && header.test(lines[i + 1] ?? '')) return true;
  return header.test(line) && headerNext.test(lines[i + 1] ?? '');
}
