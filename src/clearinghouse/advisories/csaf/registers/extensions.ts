import { listOf, object, type Shape, text } from '../shapes/shape.ts';

/** Where an extension may stand, in the words of the metadata's `requirement`. */
export type ExtensionPlace = 'document' | 'branches' | 'full_product_names' | 'product_paths' | 'metrics' | 'vulnerabilities' | 'root';

interface KnownExtension {
  readonly content: Shape;
  readonly critical: boolean;
  /** How often it may stand in one list there. */
  readonly most: Readonly<Record<ExtensionPlace, number>>;
  /** Addresses of extensions that it cannot stand beside. */
  readonly rivals: readonly string[];
}

const folder = 'https://raw.githubusercontent.com/oasis-tcs/csaf/refs/heads/master/csaf_2.1/extension/data/valid/';
const address = (number: number) => `${folder}documentation-${number}/documentation-${number}-content_1.0.0.json`;

const places = (most: number): Record<ExtensionPlace, number> => ({
  document: most,
  branches: most,
  full_product_names: most,
  product_paths: most,
  metrics: most,
  vulnerabilities: most,
  root: most,
});

const statement =
  'This extension is for documentation and test purposed only. It is valid. It is not allowed to be used in a production CSAF.';
const documentation = text({ test: (value) => value === statement, is: 'the fixed statement of the documentation extensions' });
/**
 * The extensions whose schema and metadata are supported: those the OASIS CSAF TC documents extensions with. There is no official and no
 * registered one yet; all others are experimental, and only their outer form is judged.
 */
export const knownExtensions: ReadonlyMap<string, KnownExtension> = new Map([
  [
    address(11),
    { content: object({ documentation }, { least: 1, closed: true }), critical: false, most: places(1), rivals: [address(12)] },
  ],
  [
    address(12),
    {
      content: object({ documentation, notes: listOf(text()) }, { required: 'documentation', closed: true }),
      critical: false,
      most: { ...places(4096), full_product_names: 10, product_paths: 2, metrics: 0 },
      rivals: [address(11)],
    },
  ],
  [
    address(13),
    // It defines products of its own, which no test here takes for products of the document.
    { content: object({}, { least: 1, free: true }), critical: true, most: { ...places(0), root: 1 }, rivals: [] },
  ],
]);
