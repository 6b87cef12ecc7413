import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import { type AffectedSymbol, blankDraft, type Draft } from '../finding.ts';

type Members = Record<string, unknown>;

/**
 * SARIF 2.1.0 (OASIS), one draft a result; code flows, graphs and fixes are not read. `skipped` counts results that tell of no flaw
 * (§3.27.9 kind pass or notApplicable, §3.27.23 suppressed, §3.27.24 baselineState absent). The log is hostile.
 */
export function readSarif(log: Members, purl: string): { drafts: Draft[]; skipped: number } | Refusal {
  if (log.version !== '2.1.0') return refuse('unsupported', 'SARIF 2.1.0 is read', '/version');
  if (!Array.isArray(log.runs)) return refuse('malformed', 'must be an array', '/runs');
  const drafts: Draft[] = [];
  let seen = 0;
  for (const [r, run] of log.runs.entries()) {
    if (!isObject(run)) return refuse('malformed', 'must be an object', `/runs/${r}`);
    const results = run.results ?? [];
    if (!Array.isArray(results)) return refuse('malformed', 'must be an array', `/runs/${r}/results`);
    seen += results.length;
    if (seen > limits.sarifResults)
      return refuse('too_large', `a log holds at most ${limits.sarifResults} results; send the runs one by one`, `/runs/${r}/results`);
    const tool = toolOf(run);
    for (const [i, result] of results.entries()) {
      const at = `/runs/${r}/results/${i}`;
      if (!isObject(result)) return refuse('malformed', 'must be an object', at);
      if (tellsNothing(result)) continue;
      const draft = draftOf(result, tool, purl, at);
      if ('refused' in draft) return draft;
      drafts.push(draft);
    }
  }
  return { drafts, skipped: seen - drafts.length };
}

function tellsNothing(result: Members): boolean {
  const suppressed =
    Array.isArray(result.suppressions) &&
    result.suppressions.some((s) => isObject(s) && (s.status === undefined || s.status === 'accepted'));
  return result.kind === 'pass' || result.kind === 'notApplicable' || result.baselineState === 'absent' || suppressed;
}

interface Tool {
  readonly name: string;
  readonly rules: readonly Members[];
  readonly ruleById: ReadonlyMap<string, Members>;
  /** Of the run: a location may name its file by index only (§3.4.5). */
  readonly artifacts: readonly unknown[];
}

function toolOf(run: Members): Tool {
  const driver = member(member(run, 'tool'), 'driver');
  const rules = (Array.isArray(driver.rules) ? driver.rules : []).map((rule) => (isObject(rule) ? rule : {}));
  const version = textOf(driver.semanticVersion) || textOf(driver.version);
  const name = [textOf(driver.name), version].filter(Boolean).join(' ');
  const ruleById = new Map(rules.flatMap((rule): [string, Members][] => (typeof rule.id === 'string' ? [[rule.id, rule]] : [])));
  return { name: line(name, 128), rules, ruleById, artifacts: Array.isArray(run.artifacts) ? run.artifacts : [] };
}

function draftOf(result: Members, tool: Tool, purl: string, at: string): Draft | Refusal {
  const rule = ruleOf(result, tool);
  const message = messageOf(result, rule);
  if (message === '') return refuse('malformed', 'a result has a message (SARIF 2.1.0 §3.27.11)', `${at}/message`);
  if (message.length > limits.textChars)
    return refuse('too_large', `a message holds at most ${limits.textChars} characters`, `${at}/message`);
  const ruleId = line(textOf(result.ruleId) || textOf(member(result, 'rule').id) || textOf(rule.id), 128);
  return blankDraft({
    format: 'sarif',
    title: line(ruleId ? `${ruleId}: ${message}` : message, limits.titleChars),
    text: message,
    purl,
    cwe: cweOf(result, rule),
    symbol: symbolOf(result, tool),
    discoveryMethod: 'automated-scan',
    discoveryTooling: tool.name || null,
    original: { ruleId: ruleId || null, level: line(textOf(result.level), 16) || null, locations: placesOf(result, tool) },
  });
}

/** §3.52.4: by index where there is one, else by id; a hierarchical id falls back to its parent. */
function ruleOf(result: Members, tool: Tool): Members {
  const index = typeof result.ruleIndex === 'number' ? result.ruleIndex : member(result, 'rule').index;
  if (typeof index === 'number' && tool.rules[index]) return tool.rules[index];
  const id = textOf(result.ruleId) || textOf(member(result, 'rule').id);
  return tool.ruleById.get(id) ?? tool.ruleById.get(id.replace(/\/[^/]*$/, '')) ?? {};
}

/** §3.11: the text itself, or the rule's message of that id with its placeholders filled. */
function messageOf(result: Members, rule: Members): string {
  const message = member(result, 'message');
  const own = (strings: Members, id: string) => (Object.hasOwn(strings, id) ? textOf(member(strings, id).text) : '');
  const template = textOf(message.text) || own(member(rule, 'messageStrings'), textOf(message.id)) || textOf(message.markdown);
  const given = Array.isArray(message.arguments) ? message.arguments : [];
  // One pass: what an argument holds is not looked at for placeholders again. Bounded, as arguments may repeat endlessly.
  let room = limits.textChars;
  const filled = template.replace(/\{(\d{1,3})\}/g, (whole, n: string) => {
    const argument = textOf(given[Number(n)]) || whole;
    room -= argument.length;
    return room < 0 ? '' : argument;
  });
  return clean(filled).trim();
}

/** Uris stay as they are written: no base is resolved. */
function placesOf(result: Members, tool: Tool): { uri: string | null; line: number | null }[] {
  const locations = Array.isArray(result.locations) ? result.locations.slice(0, 16) : [];
  return locations.map((location) => {
    const physical = member(isObject(location) ? location : {}, 'physicalLocation');
    const startLine = member(physical, 'region').startLine;
    const isLine = typeof startLine === 'number' && Number.isSafeInteger(startLine) && startLine > 0;
    return {
      uri: line(uriOf(member(physical, 'artifactLocation'), tool), limits.symbolFileBytes) || null,
      line: isLine ? startLine : null,
    };
  });
}

function uriOf(artifactLocation: Members, tool: Tool): string {
  const artifact = typeof artifactLocation.index === 'number' ? tool.artifacts[artifactLocation.index] : undefined;
  return textOf(artifactLocation.uri) || textOf(member(isObject(artifact) ? artifact : {}, 'location').uri);
}

function symbolOf(result: Members, tool: Tool): AffectedSymbol | null {
  const place = placesOf(result, tool)[0];
  const first = Array.isArray(result.locations) && isObject(result.locations[0]) ? result.locations[0] : {};
  const logical = Array.isArray(first.logicalLocations) && isObject(first.logicalLocations[0]) ? first.logicalLocations[0] : {};
  const name = line(textOf(logical.fullyQualifiedName) || textOf(logical.name), limits.symbolFunctionBytes);
  if (!place?.uri && !name) return null;
  return { file: place?.uri ?? null, function: name || null, line: place?.line ?? null };
}

/** As CodeQL (tag `external/cwe/cwe-787`) and others (taxa, `CWE-787: …`, a rule called `CWE-787/…`) write it. */
function cweOf(result: Members, rule: Members): string | null {
  const tagsOf = (of: Members) => member(of, 'properties').tags;
  const taxa = (of: Members) =>
    (Array.isArray(of.taxa) ? of.taxa : []).map((t) =>
      isObject(t) && member(t, 'toolComponent').name === 'CWE' ? `CWE-${textOf(t.id).replace(/^CWE-/i, '')}` : '',
    );
  const cwe = [member(rule, 'properties').cwe].flat();
  for (const tag of [taxa(result), tagsOf(result), tagsOf(rule), cwe, result.ruleId].flat()) {
    const number = typeof tag === 'string' ? /(?:^|[^a-z0-9])cwe[-_: ]?0*(\d{1,6})(?!\d)/i.exec(tag.slice(0, 256))?.[1] : undefined;
    if (number) return `CWE-${number}`;
  }
  return null;
}

/** One line of at most `maxBytes` (UTF-8), without control or formatting characters. */
function line(text: string, maxBytes: number): string {
  const flat = clean(text.slice(0, maxBytes * 2))
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  const cut = Buffer.byteLength(flat) > maxBytes;
  let kept = '';
  let room = cut ? maxBytes - 3 : maxBytes;
  for (const char of flat) {
    room -= Buffer.byteLength(char);
    if (room < 0) break;
    kept += char;
  }
  return cut ? `${kept}…` : kept;
}

function clean(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

function member(of: Members, name: string): Members {
  const value = Object.hasOwn(of, name) ? of[name] : undefined;
  return isObject(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
