import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { rangeFromNative } from '../clearinghouse/inventories/vers/native/native.ts';
import { canonicalRange, containsVersion, parseRange } from '../clearinghouse/inventories/vers/range.ts';
import { equalVersions, sortVersions } from '../clearinghouse/inventories/vers/sort.ts';
import { compareVersions } from '../clearinghouse/inventories/versions/compare.ts';

type Request = Readonly<Record<string, unknown>>;

export function version({ ecosystem, a, b }: Request): object | Refusal {
  if (typeof ecosystem !== 'string') return refuse('malformed', 'must be text', 'ecosystem');
  if (typeof a !== 'string') return refuse('malformed', 'must be text', 'a');
  if (typeof b !== 'string') return refuse('malformed', 'must be text', 'b');
  const order = compareVersions(ecosystem, a, b);
  return isRefusal(order) ? order : { order };
}

/** The test types of package-url/vers-spec, "VERS test suite". */
export function vers({ test_type, input }: Request): object | Refusal {
  const output = typeof input === 'string' ? versOfText(test_type, input) : versOfObject(test_type, isObject(input) ? input : {});
  return isRefusal(output) ? output : { output };
}

function versOfText(verb: unknown, input: string): unknown {
  if (verb === 'validate') return canonicalRange(input);
  if (verb !== 'parse') return refuse('unsupported', 'parse and validate take a text', 'test_type');
  const range = parseRange(input);
  if (isRefusal(range)) return range;
  return { scheme: range.scheme, version_constraints: range.constraints.map(({ comparator, version }) => [comparator, version]) };
}

/** The suite's own names of the type have changed; each is taken. */
function versOfObject(verb: unknown, input: Request): unknown {
  const scheme = input.type ?? input.input_scheme ?? input.scheme;
  if (verb === 'containment') {
    if (typeof input.vers !== 'string' || typeof input.version !== 'string')
      return refuse('malformed', 'must have vers and version', 'input');
    return containsVersion(input.vers, input.version);
  }
  if (typeof scheme !== 'string') return refuse('malformed', 'must be text, or an object with a type', 'input');
  if (verb === 'from_native') return rangeFromNative(scheme, input.native_range);
  if (verb !== 'comparison' && verb !== 'equality')
    return refuse('unsupported', 'comparison, equality, from_native, containment, validate or parse', 'test_type');
  const { versions } = input;
  if (!Array.isArray(versions) || !versions.every((one) => typeof one === 'string'))
    return refuse('malformed', 'must be a list of texts', 'versions');
  return verb === 'comparison' ? sortVersions(scheme, versions) : equalVersions(scheme, versions);
}

function isObject(value: unknown): value is Request {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
