import { day, epochMs, type Instant, instantOf } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { buildPurl, canonicalPurl } from '../../inventories/purl.ts';
import { contentTypeNames, type GivenFile, isFilename, isTextual } from '../attachment.ts';
import { blankDraft, type Draft } from '../finding.ts';
import { isEmail, isHttpUrl } from '../identifiers.ts';

/** The fields of a form as they came: a name may have come several times. */
type VinceForm = Readonly<Record<string, readonly string[]>>;

/** A file as its part described it. */
export interface VinceFile {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** By field, in the words that Django gives and that its clients show beside the field. */
type VinceErrors = Readonly<Record<string, readonly string[]>>;

type Check = 'email' | 'phone' | 'date';
interface Text {
  /** In characters (code points), after the blanks around are gone. */
  readonly max: number;
  readonly required?: true;
  readonly check?: Check;
}

/** CERTCC/VINCE `vinny/forms.py` CaseRequestForm, in its order. */
const texts: Readonly<Record<string, Text>> = {
  contact_name: { max: 100 },
  contact_org: { max: 100 },
  contact_email: { max: 254, check: 'email' },
  reporter_pgp: { max: limits.vinceKeyChars },
  contact_phone: { max: 60, check: 'phone' },
  please_explain: { max: 20_000 },
  vendor_name: { max: 100 },
  other_vendors: { max: 1000 },
  first_contact: { max: 10, check: 'date' },
  vendor_communication: { max: 20_000 },
  product_name: { max: 200, required: true },
  product_version: { max: 100, required: true },
  vul_description: { max: 20_000, required: true },
  vul_exploit: { max: 20_000, required: true },
  vul_impact: { max: 20_000, required: true },
  vul_discovery: { max: 20_000, required: true },
  public_references: { max: 1000 },
  exploit_references: { max: 20_000 },
  disclosure_plans: { max: 1000 },
  tracking: { max: 100 },
  comments: { max: 1000 },
};
const yesOrNo = ['share_release', 'credit_release', 'comm_attempt', 'multiplevendors', 'vul_public', 'vul_exploited', 'vul_disclose'];
const flags = ['ics_impact', 'ai_ml_system', 'cisa_please'];

/** `now` decides what lies in the future. Fields that the form has not are let be, as Django does. */
export function readVince(form: VinceForm, file: VinceFile | undefined, now: Instant): { draft: Draft } | { errors: VinceErrors } {
  const errors: Record<string, string[]> = {};
  const complain = (field: string, because: string) => {
    errors[field] = [...(errors[field] ?? []), because];
  };
  const single = (field: string): string => {
    const [value = '', ...others] = form[field] ?? [];
    // Django takes the last one; whoever reads the request on its way may take the first.
    if (others.length > 0) complain(field, 'This field was sent more than once.');
    return value;
  };
  const said: Record<string, string> = {};
  for (const [field, rules] of Object.entries(texts)) {
    said[field] = single(field).trim();
    const because = complaintOf(said[field], rules, now);
    if (because !== undefined) complain(field, because);
  }
  const answers: Record<string, boolean> = {};
  for (const field of yesOrNo) {
    const value = single(field);
    answers[field] = value === 'True';
    if (value === '') complain(field, 'This field is required.');
    else if (value !== 'True' && value !== 'False') complain(field, notAChoice(value));
  }
  for (const field of flags) answers[field] = !['', 'false', '0'].includes(single(field).toLowerCase());
  const why = single('why_no_attempt');
  if (why !== '' && !/^[123]$/.test(why)) complain('why_no_attempt', notAChoice(why));
  const coordination = [...(form.coord_status ?? [])];
  const unknown = coordination.find((choice) => !/^[1-5]$/.test(choice));
  if (unknown !== undefined) complain('coord_status', notAChoice(unknown));
  const attachments = file ? fileOf(file, (because) => complain('user_file', because)) : [];
  if (Object.keys(errors).length > 0) return { errors };
  return { draft: draftOf(said, answers, { why_no_attempt: why, coord_status: coordination }, attachments) };
}

function complaintOf(value: string, { max, required, check }: Text, now: Instant): string | undefined {
  if (value === '') return required ? 'This field is required.' : undefined;
  if (!value.isWellFormed()) return 'Enter valid UTF-8.';
  if (value.includes('\0')) return 'Null characters are not allowed.';
  if (check === 'date') return complaintOfDate(value, now);
  const chars = [...value].length;
  if (chars > max) return `Ensure this value has at most ${max} characters (it has ${chars}).`;
  if (check === 'email' && !isEmail(value)) return 'Enter a valid email address.';
  if (check === 'phone' && /[^0-9()+.,\- ]/.test(value)) return `${value} contains non-telephone characters`;
  return undefined;
}

function complaintOfDate(value: string, now: Instant): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(value) ?? [];
  const whole = `${year}-${month?.padStart(2, '0')}-${date?.padStart(2, '0')}`;
  const at = epochMs(`${whole}T00:00:00Z` as Instant);
  if (year === undefined || Number.isNaN(at) || instantOf(at).slice(0, 10) !== whole) return 'Enter a valid date.';
  // Somewhere on earth it is tomorrow already.
  return at > epochMs(now) + day / 2 ? `${whole} is a future date` : undefined;
}

function notAChoice(value: string): string {
  return `Select a valid choice. ${value.slice(0, limits.nameChars).toWellFormed()} is not one of the available choices.`;
}

/** What the file is for, VINCE does not say; so it is never run by itself. */
function fileOf({ filename, contentType, bytes }: VinceFile, complain: (because: string) => void): GivenFile[] {
  const name = filename.split(/[/\\]/).at(-1)!;
  if (bytes.length === 0) complain('The submitted file is empty.');
  else if (bytes.length > limits.vinceFileBytes)
    complain(`Ensure this file has at most ${limits.vinceFileBytes} bytes (it has ${bytes.length}).`);
  if (!name.isWellFormed() || !isFilename(name)) complain('Enter a file name without control and formatting characters.');
  else if (Buffer.byteLength(name) > limits.filenameBytes) complain(`Ensure this filename has at most ${limits.filenameBytes} bytes.`);
  const bare = contentType.split(';')[0]!.trim().toLowerCase();
  const known = contentTypeNames.find((type) => type === bare);
  const type = known && (!isTextual(known) || isUtf8(bytes)) ? known : 'application/octet-stream';
  return [{ filename: name, contentType: type, type: 'other', description: null, bytes }];
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function draftOf(
  said: Readonly<Record<string, string>>,
  answers: Readonly<Record<string, boolean>>,
  chosen: object,
  attachments: GivenFile[],
): Draft {
  const { product_name: product = '', product_version: version = '', vendor_name: vendor = '' } = said;
  const { vul_description: what, vul_exploit: how, vul_impact: impact, vul_discovery: discovery, ...rest } = said;
  const firstLine = what!.split('\n', 1)[0]!.trim();
  const given = product.startsWith('pkg:')
    ? canonicalPurl(product)
    : buildPurl({ type: 'generic', namespace: vendor.replaceAll('/', ' '), name: product });
  // A name that no package URL takes ("/", dots only) is still a report.
  const purl = isRefusal(given) || given.length > limits.purlBytes ? 'pkg:generic/unnamed' : given;
  const links = `${rest.public_references} ${rest.exploit_references}`.split(/[\s,<>"]+/).filter(isHttpUrl);
  const versions = version.split(',').map((v) => v.trim());
  return blankDraft({
    format: 'vince',
    title: oneLine(`${product.startsWith('pkg:') ? product : [vendor, product].filter(Boolean).join(' ')}: ${firstLine}`),
    text: `${what}\n\nHow it is exploited:\n${how}\n\nImpact:\n${impact}\n\nHow it was found:\n${discovery}`,
    purl,
    ...(given === purl && product.startsWith('pkg:') ? {} : { versions: [] }),
    ...(versions.some(isVersion) ? { versions: [...new Set(versions.filter(isVersion))].slice(0, limits.versionsPerFinding) } : {}),
    attachments,
    answerable: said.contact_name || null,
    exploited: answers.vul_exploited === true,
    references: [...new Set(links.filter((link) => Buffer.byteLength(link) <= limits.referenceBytes))].slice(
      0,
      limits.referencesPerFinding,
    ),
    original: { ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== '')), ...answers, ...chosen },
  });
}

/** "unknown" is what the form asks to be written where it is. */
function isVersion(text: string): boolean {
  return text !== '' && !/^unknown\.?$/i.test(text) && Buffer.byteLength(text) <= limits.versionBytes && !/\p{Cc}/u.test(text);
}

function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length <= limits.titleChars ? line : `${line.slice(0, limits.titleChars - 1).toWellFormed()}…`;
}
