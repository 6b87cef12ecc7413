import { isLanguageTag } from '../shapes/forms.ts';
import { ssvcPointRows } from './ssvc-points.ts';

interface SsvcPoint {
  readonly version: string;
  /** The day it was published, `2024-02-07`. */
  readonly published: string;
  /** Keys, in their order. */
  readonly values: readonly string[];
}

/** CERTCC/SSVC, "Namespaces": those that are registered. */
const registered = new Set(['ssvc', 'cvss', 'cisa', 'basic', 'nist', 'example', 'test']);
/** "Reserved Namespace Strings": registered for documentation and tests, without points of their own. */
const forExamples = new Set(['example', 'test']);

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const reverseDomain = `${label}(?:\\.${label})+`;
const fragment = '[a-z0-9]+(?:[.-][a-z0-9]+)*';
const base = new RegExp(`^(?:x_${reverseDomain}#${fragment}|[a-z][a-z0-9](?:[.-]?[a-z0-9]+)+(?:#${fragment})?)$`);
const extension = new RegExp(`^\\.(?:${reverseDomain}(?:#${fragment})?|${reverseDomain})(?:\\$(.+))?$`);

/** data/abnf/ssvc_namespace_pattern.abnf: a base, then a language or nothing, then extensions. */
export function isSsvcNamespace(text: string): boolean {
  if (text.length < 3 || text.length > 1000) return false;
  const [first, ...rest] = text.split('/') as [string, ...string[]];
  if (first.length > 255 || !base.test(first)) return false;
  if (rest.length === 0) return true;
  const [second, ...extensions] = rest as [string, ...string[]];
  if (second !== '' && !isLanguageTag(second)) return false;
  return extensions.every((part) => {
    if (isLanguageTag(part)) return true;
    const parts = extension.exec(part);
    return parts !== null && (parts[1] === undefined || isLanguageTag(parts[1]));
  });
}

/** `ssvc//.example.test#x` → base `ssvc`, extended. */
export function readNamespace(namespace: string): {
  readonly base: string;
  readonly registered: boolean;
  readonly extended: boolean;
  readonly examples: boolean;
} {
  const slash = namespace.indexOf('/');
  const whole = slash < 0 ? namespace : namespace.slice(0, slash);
  const name = whole.split('#', 1)[0]!;
  return { base: whole, registered: registered.has(name), extended: slash >= 0, examples: forExamples.has(name) };
}

let points: Map<string, SsvcPoint[]> | undefined;

/** Versions of a decision point, oldest first. */
export function ssvcPoints(base: string, key: string): readonly SsvcPoint[] {
  if (!points) {
    points = new Map();
    for (const row of ssvcPointRows.trim().split(/;\s*/)) {
      const [namespace, name, version, published, values] = row.split(' ') as [string, string, string, string, string];
      const versions = points.get(`${namespace} ${name}`) ?? [];
      versions.push({ version, published, values: values.split(',') });
      points.set(`${namespace} ${name}`, versions);
    }
  }
  return points.get(`${base} ${key}`) ?? [];
}
