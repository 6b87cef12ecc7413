/** Properties of FIRST's CVSS JSON schemas: the metric each stands for, and its values, which name the metric's value by their first letter. */
type Properties = Readonly<Record<string, readonly [metric: string, values: string]>>;

const none2 = 'NOT_DEFINED';
const requirement = 'LOW MEDIUM HIGH NOT_DEFINED';
const impact2 = 'NONE PARTIAL COMPLETE';
const impact3 = 'NONE LOW HIGH';
const changed3 = 'NONE LOW HIGH NOT_DEFINED';

const cvss2: Properties = {
  accessVector: ['AV', 'NETWORK ADJACENT_NETWORK LOCAL'],
  accessComplexity: ['AC', 'HIGH MEDIUM LOW'],
  authentication: ['Au', 'MULTIPLE SINGLE NONE'],
  confidentialityImpact: ['C', impact2],
  integrityImpact: ['I', impact2],
  availabilityImpact: ['A', impact2],
  exploitability: ['E', `UNPROVEN PROOF_OF_CONCEPT FUNCTIONAL HIGH ${none2}`],
  remediationLevel: ['RL', `OFFICIAL_FIX TEMPORARY_FIX WORKAROUND UNAVAILABLE ${none2}`],
  reportConfidence: ['RC', `UNCONFIRMED UNCORROBORATED CONFIRMED ${none2}`],
  collateralDamagePotential: ['CDP', `NONE LOW LOW_MEDIUM MEDIUM_HIGH HIGH ${none2}`],
  targetDistribution: ['TD', `NONE LOW MEDIUM HIGH ${none2}`],
  confidentialityRequirement: ['CR', requirement],
  integrityRequirement: ['IR', requirement],
  availabilityRequirement: ['AR', requirement],
};

const cvss3: Properties = {
  attackVector: ['AV', 'NETWORK ADJACENT_NETWORK LOCAL PHYSICAL'],
  attackComplexity: ['AC', 'HIGH LOW'],
  privilegesRequired: ['PR', 'HIGH LOW NONE'],
  userInteraction: ['UI', 'NONE REQUIRED'],
  scope: ['S', 'UNCHANGED CHANGED'],
  confidentialityImpact: ['C', impact3],
  integrityImpact: ['I', impact3],
  availabilityImpact: ['A', impact3],
  exploitCodeMaturity: ['E', `UNPROVEN PROOF_OF_CONCEPT FUNCTIONAL HIGH ${none2}`],
  remediationLevel: ['RL', `OFFICIAL_FIX TEMPORARY_FIX WORKAROUND UNAVAILABLE ${none2}`],
  reportConfidence: ['RC', `UNKNOWN REASONABLE CONFIRMED ${none2}`],
  confidentialityRequirement: ['CR', requirement],
  integrityRequirement: ['IR', requirement],
  availabilityRequirement: ['AR', requirement],
  modifiedAttackVector: ['MAV', `NETWORK ADJACENT_NETWORK LOCAL PHYSICAL ${none2}`],
  modifiedAttackComplexity: ['MAC', `HIGH LOW ${none2}`],
  modifiedPrivilegesRequired: ['MPR', `HIGH LOW NONE ${none2}`],
  modifiedUserInteraction: ['MUI', `NONE REQUIRED ${none2}`],
  modifiedScope: ['MS', `UNCHANGED CHANGED ${none2}`],
  modifiedConfidentialityImpact: ['MC', changed3],
  modifiedIntegrityImpact: ['MI', changed3],
  modifiedAvailabilityImpact: ['MA', changed3],
};

const cvss4: Properties = {
  attackVector: ['AV', 'NETWORK ADJACENT LOCAL PHYSICAL'],
  attackComplexity: ['AC', 'HIGH LOW'],
  attackRequirements: ['AT', 'NONE PRESENT'],
  privilegesRequired: ['PR', 'HIGH LOW NONE'],
  userInteraction: ['UI', 'NONE PASSIVE ACTIVE'],
  vulnConfidentialityImpact: ['VC', impact3],
  vulnIntegrityImpact: ['VI', impact3],
  vulnAvailabilityImpact: ['VA', impact3],
  subConfidentialityImpact: ['SC', impact3],
  subIntegrityImpact: ['SI', impact3],
  subAvailabilityImpact: ['SA', impact3],
  exploitMaturity: ['E', `UNREPORTED PROOF_OF_CONCEPT ATTACKED ${none2}`],
  confidentialityRequirement: ['CR', requirement],
  integrityRequirement: ['IR', requirement],
  availabilityRequirement: ['AR', requirement],
  modifiedAttackVector: ['MAV', `NETWORK ADJACENT LOCAL PHYSICAL ${none2}`],
  modifiedAttackComplexity: ['MAC', `HIGH LOW ${none2}`],
  modifiedAttackRequirements: ['MAT', `NONE PRESENT ${none2}`],
  modifiedPrivilegesRequired: ['MPR', `HIGH LOW NONE ${none2}`],
  modifiedUserInteraction: ['MUI', `NONE PASSIVE ACTIVE ${none2}`],
  modifiedVulnConfidentialityImpact: ['MVC', changed3],
  modifiedVulnIntegrityImpact: ['MVI', changed3],
  modifiedVulnAvailabilityImpact: ['MVA', changed3],
  modifiedSubConfidentialityImpact: ['MSC', `NEGLIGIBLE LOW HIGH ${none2}`],
  modifiedSubIntegrityImpact: ['MSI', `NEGLIGIBLE LOW HIGH SAFETY ${none2}`],
  modifiedSubAvailabilityImpact: ['MSA', `NEGLIGIBLE LOW HIGH SAFETY ${none2}`],
  Safety: ['S', `NEGLIGIBLE PRESENT ${none2}`],
  Automatable: ['AU', `NO YES ${none2}`],
  Recovery: ['R', `AUTOMATIC USER IRRECOVERABLE ${none2}`],
  valueDensity: ['V', `DIFFUSE CONCENTRATED ${none2}`],
  vulnerabilityResponseEffort: ['RE', `LOW MODERATE HIGH ${none2}`],
  providerUrgency: ['U', `CLEAR GREEN AMBER RED ${none2}`],
};

/** Values of vectors that are more than a first letter, by metric and name; the rest of 2.0 and all of 3.x follow the rule. */
const longer: Readonly<Record<string, string>> = {
  'E PROOF_OF_CONCEPT': 'POC',
  'RL OFFICIAL_FIX': 'OF',
  'RL TEMPORARY_FIX': 'TF',
  'RC UNCONFIRMED': 'UC',
  'RC UNCORROBORATED': 'UR',
  'CDP LOW_MEDIUM': 'LM',
  'CDP MEDIUM_HIGH': 'MH',
  'U CLEAR': 'Clear',
  'U GREEN': 'Green',
  'U AMBER': 'Amber',
  'U RED': 'Red',
};

export type CvssMember = 'cvss_v2' | 'cvss_v3' | 'cvss_v4';
export const cvssProperties: Readonly<Record<CvssMember, Properties>> = { cvss_v2: cvss2, cvss_v3: cvss3, cvss_v4: cvss4 };

/** How a vector writes a property's value: `NOT_DEFINED` is `X`, in 2.0 `ND`. */
export function vectorValue(member: CvssMember, metric: string, value: string): string {
  if (value === none2) return member === 'cvss_v2' ? 'ND' : 'X';
  const long = member === 'cvss_v3' ? undefined : longer[`${metric} ${value}`];
  return long !== undefined && (member === 'cvss_v2' || metric === 'U') ? long : value[0]!;
}
