/** What each package type asks for, after the type definitions of package-url/purl-spec (`types/`, MIT). A type without a row takes anything. */
export interface PurlType {
  readonly namespace?: 'required' | 'prohibited';
  /** Components that do not tell case apart: they are kept in lower case. */
  readonly lower?: readonly ('namespace' | 'name' | 'version')[];
  readonly name?: (name: string, qualifiers: Readonly<Record<string, string>>) => string;
  /** The namespace is one segment (a host); all that follows is the name. */
  readonly nameIsPath?: true;
  readonly nameIs?: RegExp;
  readonly versionIs?: RegExp;
  readonly qualifiers?: readonly string[];
}

const vendorAndName: PurlType = { namespace: 'required', lower: ['namespace', 'name'] };
const noNamespace: PurlType = { namespace: 'prohibited' };

export const purlTypes: Readonly<Record<string, PurlType>> = {
  alpm: vendorAndName,
  apk: vendorAndName,
  bazel: noNamespace,
  bitbucket: vendorAndName,
  bitnami: { ...noNamespace, lower: ['name'] },
  brew: { lower: ['namespace', 'name'] },
  cargo: noNamespace,
  'chrome-extension': { ...noNamespace, lower: ['name'], nameIs: /^[a-p]{32}$/, versionIs: /^\d+(\.\d+){0,3}$/ },
  cocoapods: { ...noNamespace, nameIs: /^[^.\s+][^\s+]*$/ },
  composer: vendorAndName,
  conan: {},
  conda: noNamespace,
  // A `::` would be a module, and modules are not what is distributed.
  cpan: { nameIs: /^(?:(?!::).)*$/s },
  cran: noNamespace,
  deb: vendorAndName,
  docker: {},
  gem: noNamespace,
  generic: {},
  git: { namespace: 'required', nameIsPath: true },
  github: vendorAndName,
  golang: { namespace: 'required' },
  hackage: noNamespace,
  hex: { lower: ['namespace', 'name'] },
  huggingface: { namespace: 'required', lower: ['version'] },
  julia: { ...noNamespace, qualifiers: ['uuid'] },
  luarocks: { lower: ['namespace', 'name'] },
  maven: { namespace: 'required' },
  // Azure Databricks does not tell case apart, Azure ML does.
  mlflow: { ...noNamespace, name: (name, { repository_url }) => (repository_url?.includes('databricks') ? name.toLowerCase() : name) },
  npm: {},
  nuget: noNamespace,
  oci: { ...noNamespace, lower: ['name', 'version'] },
  opam: noNamespace,
  otp: { ...noNamespace, lower: ['name'] },
  pub: { ...noNamespace, lower: ['name'], name: (name) => name.replace(/[^a-z0-9]/g, '_') },
  pypi: { ...noNamespace, lower: ['name', 'version'], name: (name) => name.replaceAll('_', '-') },
  qpkg: { namespace: 'required', lower: ['namespace'] },
  rpm: { namespace: 'required', lower: ['namespace'] },
  swid: { qualifiers: ['tag_id'] },
  swift: { namespace: 'required' },
  vcpkg: noNamespace,
  'vscode-extension': { namespace: 'required', lower: ['namespace', 'name', 'version'] },
  yocto: { lower: ['namespace'] },
};
