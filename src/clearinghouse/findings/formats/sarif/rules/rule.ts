import type { Members } from '../members.ts';
import type { Once } from '../once.ts';

/** The objects of a log that the validator visits, by the standard's names. */
export type Kind =
  | 'log'
  | 'run'
  | 'address'
  | 'artifact'
  | 'artifactChange'
  | 'artifactLocation'
  | 'attachment'
  | 'codeFlow'
  | 'configurationOverride'
  | 'conversion'
  | 'fix'
  | 'graph'
  | 'graphTraversal'
  | 'invocation'
  | 'location'
  | 'logicalLocation'
  | 'node'
  | 'notification'
  | 'physicalLocation'
  | 'region'
  | 'reportingDescriptor'
  | 'reportingDescriptorReference'
  | 'reportingDescriptorRelationship'
  | 'result'
  | 'resultProvenance'
  | 'stack'
  | 'stackFrame'
  | 'threadFlow'
  | 'threadFlowLocation'
  | 'tool'
  | 'toolComponent'
  | 'versionControlDetails'
  | 'webRequest'
  | 'webResponse';

/** What stands around the object that a rule looks at. Outside a run or a result those two are empty and their index is -1. */
export interface Scene {
  readonly log: Members;
  readonly run: Members;
  readonly runIndex: number;
  readonly result: Members;
  readonly resultIndex: number;
  /** The list of a tool component that a reporting descriptor stands in; '' elsewhere. */
  readonly list: string;
  /** Of the run. */
  readonly once: Once;
}

/** Says that the rule is broken at the place; the pointer is absolute. */
export type Blame = (pointer: string, message: string) => void;
type Look = (it: Members, at: string, blame: Blame, scene: Scene) => void;

export interface Rule {
  readonly id: string;
  readonly on: Readonly<Partial<Record<Kind, Look>>>;
}
