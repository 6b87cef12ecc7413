/**
 * The shape of a SARIF 2.1.0 log (OASIS, Errata 01; the standard's JSON schema says the same), one object a line: property, `!` where it
 * is required, value. A value is S text, I integer (with its least value), R rank, N number, B boolean, bag any object, a set below or an
 * object's name; `[]` a list, `[1]` a list of at least one, `*` distinct elements, `{}` a map by free names. After `;` the properties of
 * which one at least (anyOf) or exactly one (oneOf) is there. Every object may have `properties`, and nothing that is not named here.
 */
export const objects = `
address: absoluteAddress I-1, relativeAddress I, length I, kind S, name S, fullyQualifiedName S, offsetFromParent I, index I-1,
  parentIndex I-1
artifact: description message, location artifactLocation, parentIndex I-1, offset I0, length I-1, roles Role[]*, mimeType Smedia,
  contents artifactContent, encoding S, sourceLanguage S, hashes {}S, lastModifiedTimeUtc S
artifactChange: artifactLocation! artifactLocation, replacements! replacement[1]
artifactContent: text S, binary S, rendered multiformatMessageString
artifactLocation: uri S, uriBaseId S, index I-1, description message
attachment: description message, artifactLocation! artifactLocation, regions region[]*, rectangles rectangle[]*
codeFlow: message message, threadFlows! threadFlow[1]
configurationOverride: configuration! reportingConfiguration, descriptor! reportingDescriptorReference
conversion: tool! tool, invocation invocation, analysisToolLogFiles artifactLocation[]*
edge: id! S, label message, sourceNodeId! S, targetNodeId! S
edgeTraversal: edgeId! S, message message, finalState {}multiformatMessageString, stepOverEdgeCount I0
exception: kind S, message S, stack stack, innerExceptions exception[]
externalProperties: schema S, version Version, guid S, runGuid S, conversion conversion, graphs graph[]*, externalizedProperties bag,
  artifacts artifact[]*, invocations invocation[], logicalLocations logicalLocation[]*, threadFlowLocations threadFlowLocation[]*,
  results result[], taxonomies toolComponent[]*, driver toolComponent, extensions toolComponent[]*, policies toolComponent[]*,
  translations toolComponent[]*, addresses address[], webRequests webRequest[]*, webResponses webResponse[]*
externalPropertyFileReference: location artifactLocation, guid S, itemCount I-1 ; anyOf location/guid
externalPropertyFileReferences: conversion externalPropertyFileReference, graphs externalPropertyFileReference[]*,
  externalizedProperties externalPropertyFileReference, artifacts externalPropertyFileReference[]*, invocations
  externalPropertyFileReference[]*, logicalLocations externalPropertyFileReference[]*, threadFlowLocations
  externalPropertyFileReference[]*, results externalPropertyFileReference[]*, taxonomies externalPropertyFileReference[]*, addresses
  externalPropertyFileReference[]*, driver externalPropertyFileReference, extensions externalPropertyFileReference[]*, policies
  externalPropertyFileReference[]*, translations externalPropertyFileReference[]*, webRequests externalPropertyFileReference[]*,
  webResponses externalPropertyFileReference[]*
fix: description message, artifactChanges! artifactChange[1]*
graph: description message, nodes node[]*, edges edge[]*
graphTraversal: runGraphIndex I-1, resultGraphIndex I-1, description message, initialState {}multiformatMessageString, immutableState
  {}multiformatMessageString, edgeTraversals edgeTraversal[] ; oneOf runGraphIndex/resultGraphIndex
invocation: commandLine S, arguments S[], responseFiles artifactLocation[]*, startTimeUtc S, endTimeUtc S, exitCode I,
  ruleConfigurationOverrides configurationOverride[]*, notificationConfigurationOverrides configurationOverride[]*,
  toolExecutionNotifications notification[], toolConfigurationNotifications notification[], exitCodeDescription S, exitSignalName S,
  exitSignalNumber I, processStartFailureMessage S, executionSuccessful! B, machine S, account S, processId I, executableLocation
  artifactLocation, workingDirectory artifactLocation, environmentVariables {}S, stdin artifactLocation, stdout artifactLocation, stderr
  artifactLocation, stdoutStderr artifactLocation
location: id I-1, physicalLocation physicalLocation, logicalLocations logicalLocation[]*, message message, annotations region[]*,
  relationships locationRelationship[]*
locationRelationship: target! I0, kinds S[]*, description message
logicalLocation: name S, index I-1, fullyQualifiedName S, decoratedName S, parentIndex I-1, kind S
message: text S, markdown S, id S, arguments S[] ; anyOf text/id
multiformatMessageString: text! S, markdown S
node: id! S, label message, location location, children node[]*
notification: locations location[]*, message! message, level Level, threadId I, timeUtc S, exception exception, descriptor
  reportingDescriptorReference, associatedRule reportingDescriptorReference
physicalLocation: address address, artifactLocation artifactLocation, region region, contextRegion region ; anyOf
  address/artifactLocation
rectangle: top N, left N, bottom N, right N, message message
region: startLine I1, startColumn I1, endLine I1, endColumn I1, charOffset I-1, charLength I0, byteOffset I-1, byteLength I0, snippet
  artifactContent, message message, sourceLanguage S
replacement: deletedRegion! region, insertedContent artifactContent
reportingDescriptor: id! S, deprecatedIds S[]*, guid S, deprecatedGuids S[]*, name S, deprecatedNames S[]*, shortDescription
  multiformatMessageString, fullDescription multiformatMessageString, messageStrings {}multiformatMessageString, defaultConfiguration
  reportingConfiguration, helpUri S, help multiformatMessageString, relationships reportingDescriptorRelationship[]*
reportingConfiguration: enabled B, level Level, rank R, parameters bag
reportingDescriptorReference: id S, index I-1, guid S, toolComponent toolComponentReference ; anyOf index/guid/id
reportingDescriptorRelationship: target! reportingDescriptorReference, kinds S[]*, description message
result: ruleId S, ruleIndex I-1, rule reportingDescriptorReference, kind Kind, level Level, message! message, analysisTarget
  artifactLocation, locations location[], guid S, correlationGuid S, occurrenceCount I1, partialFingerprints {}S, fingerprints {}S,
  stacks stack[]*, codeFlows codeFlow[], graphs graph[]*, graphTraversals graphTraversal[]*, relatedLocations location[]*, suppressions
  suppression[]*, baselineState Baseline, rank R, attachments attachment[]*, hostedViewerUri S, workItemUris S[]*, provenance
  resultProvenance, fixes fix[]*, taxa reportingDescriptorReference[]*, webRequest webRequest, webResponse webResponse
resultProvenance: firstDetectionTimeUtc S, lastDetectionTimeUtc S, firstDetectionRunGuid S, lastDetectionRunGuid S, invocationIndex I-1,
  conversionSources physicalLocation[]*
run: tool! tool, invocations invocation[], conversion conversion, language Slanguage, versionControlProvenance versionControlDetails[]*,
  originalUriBaseIds {}artifactLocation, artifacts artifact[]*, logicalLocations logicalLocation[]*, graphs graph[]*, results result[],
  automationDetails runAutomationDetails, runAggregates runAutomationDetails[]*, baselineGuid S, redactionTokens S[]*, defaultEncoding
  S, defaultSourceLanguage S, newlineSequences S[1]*, columnKind Column, externalPropertyFileReferences externalPropertyFileReferences,
  threadFlowLocations threadFlowLocation[]*, taxonomies toolComponent[]*, addresses address[], translations toolComponent[]*, policies
  toolComponent[]*, webRequests webRequest[]*, webResponses webResponse[]*, specialLocations specialLocations
runAutomationDetails: description message, id S, guid S, correlationGuid S
specialLocations: displayBase artifactLocation
stack: message message, frames! stackFrame[]
stackFrame: location location, module S, threadId I, parameters S[]
suppression: guid S, kind! Suppression, status Status, justification S, location location
threadFlow: id S, message message, initialState {}multiformatMessageString, immutableState {}multiformatMessageString, locations!
  threadFlowLocation[1]
threadFlowLocation: index I-1, location location, stack stack, kinds S[]*, taxa reportingDescriptorReference[]*, module S, state
  {}multiformatMessageString, nestingLevel I0, executionOrder I-1, executionTimeUtc S, importance Importance, webRequest webRequest,
  webResponse webResponse
tool: driver! toolComponent, extensions toolComponent[]*
toolComponent: guid S, name! S, organization S, product S, productSuite S, shortDescription multiformatMessageString, fullDescription
  multiformatMessageString, fullName S, version S, semanticVersion S, dottedQuadFileVersion Squad, releaseDateUtc S, downloadUri S,
  informationUri S, globalMessageStrings {}multiformatMessageString, notifications reportingDescriptor[]*, rules reportingDescriptor[]*,
  taxa reportingDescriptor[]*, locations artifactLocation[], language Slanguage, contents Contents[]*, isComprehensive B,
  localizedDataSemanticVersion S, minimumRequiredLocalizedDataSemanticVersion S, associatedComponent toolComponentReference,
  translationMetadata translationMetadata, supportedTaxonomies toolComponentReference[]*
toolComponentReference: name S, index I-1, guid S
translationMetadata: name! S, fullName S, shortDescription multiformatMessageString, fullDescription multiformatMessageString,
  downloadUri S, informationUri S
versionControlDetails: repositoryUri! S, revisionId S, branch S, revisionTag S, asOfTimeUtc S, mappedTo artifactLocation
webRequest: index I-1, protocol S, version S, target S, method S, headers {}S, parameters {}S, body artifactContent
webResponse: index I-1, protocol S, version S, statusCode I, reasonPhrase S, headers {}S, body artifactContent, noResponseReceived B
log: $schema S, version! Version, runs! run[], inlineExternalProperties externalProperties[]*
`;

export const sets: Readonly<Record<string, readonly string[]>> = {
  Role: [
    'analysisTarget',
    'attachment',
    'responseFile',
    'resultFile',
    'standardStream',
    'tracedFile',
    'unmodified',
    'modified',
    'added',
    'deleted',
    'renamed',
    'uncontrolled',
    'driver',
    'extension',
    'translation',
    'taxonomy',
    'policy',
    'referencedOnCommandLine',
    'memoryContents',
    'directory',
    'userSpecifiedConfiguration',
    'toolSpecifiedConfiguration',
    'debugOutputFile',
    'conversionSource',
    'externalPropertyFile',
    'repositoryRoot',
  ],
  Version: ['2.1.0'],
  Level: ['none', 'note', 'warning', 'error'],
  Kind: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'],
  Baseline: ['new', 'unchanged', 'updated', 'absent'],
  Column: ['utf16CodeUnits', 'unicodeCodePoints'],
  Suppression: ['inSource', 'external'],
  Status: ['accepted', 'underReview', 'rejected'],
  Importance: ['important', 'essential', 'unimportant'],
  Contents: ['localizedData', 'nonLocalizedData'],
};
