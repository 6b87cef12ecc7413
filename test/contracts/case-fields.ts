import type { AnyAction } from '../../src/trust/action.ts';

interface Schema {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly options?: readonly Schema[];
    readonly element?: Schema;
    readonly innerType?: Schema;
    readonly valueType?: Schema;
    readonly in?: Schema;
  };
}

/** Every field that a verb's output has, by its path: `reports[].title`. */
export function fieldsOf(verb: AnyAction): string[] {
  return [...new Set(walk(verb.output as unknown as Schema, ''))].sort();
}

function* walk({ def }: Schema, at: string): Generator<string> {
  const { shape, options = [], element, innerType, valueType, in: before } = def;
  if (shape) for (const [name, of] of Object.entries(shape)) yield* walk(of, at === '' ? name : `${at}.${name}`);
  else if (element) yield* walk(element, `${at}[]`);
  else if (valueType) yield* walk(valueType, `${at}{}`);
  else if (options.length > 0) for (const of of options) yield* walk(of, at);
  else if (innerType ?? before) yield* walk((innerType ?? before)!, at);
  else yield at;
}

/** `anyone` who has signed in; `own`: about oneself, or the answer to what one did; else the widest tier of the case that sees it. */
export type Seen = 'anyone' | 'own' | 3 | 2 | 1 | 0;

/**
 * Of every verb on cases that others than coordinators may use: from which tier on each field is seen. What was never seen in the test stands
 * as narrow as its verb goes. A new field has no place until somebody has thought about it.
 */
export const seenFrom: Readonly<Record<string, Partial<Record<Seen, string>>>> = {
  'cases.acknowledge': {
    own: 'because caseId emergencyUntil expiresAt offeredAt personId signedBy sponsorId state suspended terms termsDigest tier',
  },
  'cases.answerEmbargo': {
    own: 'because endsAt id source state',
  },
  'cases.approach': {
    1: `
      address.at address.by address.url address.value aiConditions.at aiConditions.by aiConditions.url aiConditions.value
      aiReports.at aiReports.by aiReports.url aiReports.value form.at form.by form.url form.value languages.at languages.by
      languages.url languages.value[] maintainerOrgId package severityScale.at severityScale.by severityScale.url
      severityScale.value venue.at venue.by venue.url venue.value weekly.at weekly.by weekly.url weekly.value who.at who.by
      who.url who.value`,
  },
  'cases.askToAcknowledge': {
    own: 'allowCredentials[].id allowCredentials[].transports[] allowCredentials[].type challenge rpId timeout userVerification',
  },
  'cases.assist': {
    1: 'bytes data filename leftOut[] sha256',
  },
  'cases.attachment': {
    1: 'data filename isMarked',
  },
  'cases.backlog': {
    own: `
      deliveredThisWeek nextAt pace.bands[] pace.consentAt pace.incidentsAtOnce pace.package pace.paused.because
      pace.paused.until pace.setAt pace.weekly package waiting[].band waiting[].oldestWeek.from waiting[].oldestWeek.to
      waiting[].waiting`,
  },
  'cases.chooseCredit': {
    own: 'as chosenAt findingIds[] finder name namesTools participantId',
  },
  'cases.chooseNotices': {
    own: `
      addressFailsSince digestAt email incidentThrough isMailed off[] optional[] pace protection publicKey quiet.from
      quiet.to zone`,
  },
  'cases.chooseOnLapse': {
    own: `
      items[].basis items[].choice items[].citation items[].lapsedAt items[].lapsesAt items[].onSilence items[].orgId
      items[].since`,
  },
  'cases.clocks': {
    2: `
      items[].about items[].because items[].caseId items[].doneAt items[].dueAt items[].id items[].isOwn items[].kind
      items[].owedBy.by items[].owedBy.id items[].source items[].standing items[].startedAt`,
  },
  'cases.consentToIncidents': {
    own: 'bands[] consentAt incidentsAtOnce package paused.because paused.until setAt weekly',
  },
  'cases.contacts': {
    1: `
      items[].attempts[].addressee items[].attempts[].at items[].attempts[].carriesReport items[].attempts[].channel
      items[].attempts[].note items[].attempts[].outcome items[].attempts[].outcomeAt items[].attempts[].recordedBy
      items[].attempts[].rung items[].attempts[].seq items[].because items[].decidedAt items[].id items[].made
      items[].next.dueAt items[].next.rung items[].outcome items[].participantId items[].startedAt items[].state
      items[].supplier items[].tempo items[].tempoBecause items[].words`,
    0: 'unasked[].contact unasked[].participantId unasked[].supplier',
  },
  'cases.cra': {
    own: `
      items[].awareAt items[].caseId items[].isManufacturer items[].measureAt items[].memberStates[] items[].orgId
      items[].stages[].dueAt items[].stages[].reference items[].stages[].sentAt items[].stages[].stage`,
  },
  'cases.craForm': {
    own: 'dueAt dueWritten fields[].clause fields[].name fields[].origin fields[].value regulation stage',
  },
  'cases.craSent': {
    own: `
      awareAt caseId isManufacturer measureAt memberStates[] orgId stages[].dueAt stages[].reference stages[].sentAt
      stages[].stage`,
  },
  'cases.credits': {
    own: `
      items[].as items[].chosenAt items[].finder items[].findingIds[] items[].name items[].namesTools
      items[].participantId`,
  },
  'cases.decline': {
    own: 'ok',
  },
  'cases.delegations': {
    own: `
      items[].caseId items[].delegateId items[].delegateName items[].expiresAt items[].fromTier items[].id items[].orgIds[]
      items[].orgs[].id items[].orgs[].name items[].orgs[].people[].id items[].orgs[].people[].name items[].people items[].used`,
  },
  'cases.deliveries': {
    own: `
      items[].band items[].because items[].caseId items[].expected.from items[].expected.to items[].id items[].package
      items[].place items[].queuedAt items[].settledAt items[].severity items[].state`,
  },
  'cases.embargo': {
    1: `
      atExpiry[] because eligibility.because eligibility.rows[].because eligibility.rows[].holds eligibility.rows[].rule
      eligibility.rows[].source eligibility.verdict endsAt endsOnBusinessDay endsWritten fastTrack.at fastTrack.because id
      interim.summary interim.title onFastTrack[] policies[].name policies[].readAt policies[].since policies[].url
      proposal.answerBy proposal.answerByWritten proposal.because proposal.byOrgId
      proposal.endsAt proposal.endsWritten proposal.isAsked proposal.silence source standing.overlap.apart[]
      standing.overlap.from standing.overlap.isThere standing.overlap.suggested standing.overlap.to
      standing.preferences[].max standing.preferences[].min standing.preferences[].orgId standing.preferences[].preferred
      standing.preferences[].saidAt state windows[].because windows[].endsAt windows[].governs windows[].source`,
    0: 'proposal.accepted proposal.asked',
  },
  'cases.get': {
    3: 'artefact.bytes artefact.sha256 goLiveAt id package state tier',
    2: `
      closedAt disclosedAt embargo.because embargo.endsAt embargo.source embargo.state openedAt outcome patches[].branch
      patches[].bytes patches[].id patches[].passed patches[].series[].bytes patches[].series[].passed
      patches[].series[].sha256 patches[].sha256 patches[].state patches[].submittedAt vfdpxa`,
    1: `
      embargo.proposal.at embargo.proposal.because embargo.proposal.byId embargo.proposal.byOrgId embargo.proposal.endsAt
      messages[].at messages[].authorId messages[].authorName messages[].seq messages[].text messages[].tier messages[].way
      patches[].answerableId patches[].because patches[].verdict patches[].writtenBy reports[].attachments[].bytes
      reports[].attachments[].filename reports[].attachments[].id reports[].attachments[].sha256
      reports[].attachments[].type reports[].crashState reports[].id reports[].orgId reports[].orgName reports[].purl
      reports[].receivedAt reports[].rung reports[].text reports[].title reports[].verdict rung title
      vulnerabilities[].addedAt vulnerabilities[].id vulnerabilityId`,
    0: `
      continuesInId finderOrgIds[] messages[].files[].bytes messages[].files[].filename messages[].files[].id
      messages[].files[].sha256 messages[].mentions[] messages[].withId patches[].ownTests[] patches[].series[].author
      patches[].series[].subject patches[].steps[].because patches[].steps[].outcome patches[].steps[].tripped
      patches[].stopsAt patches[].supersededById vulnerabilities[].continuesInId`,
  },
  'cases.getPatch': {
    2: 'data id isMarked sha256',
  },
  'cases.keepProfile': {
    own: 'package readAt saidBy',
  },
  'cases.ledger': {
    3: `
      checkpoint entries[].at entries[].body.actor entries[].body.event entries[].body.label.compartments[]
      entries[].body.label.tlp entries[].body.payload entries[].body.payloadDigest entries[].body.payloadSalt
      entries[].body.salt entries[].body.thing entries[].digest entries[].hash entries[].previous entries[].proof[]
      entries[].seq key statement`,
    0: 'next',
  },
  'cases.list': {
    3: 'items[].goLiveAt items[].id items[].package items[].state items[].tier',
    2: 'items[].openedAt items[].vfdpxa',
    1: 'items[].rung items[].title',
  },
  'cases.listKnownPolicies': {
    anyone: `
      items[].aiReports items[].detailsAfterFix items[].exploited items[].max items[].min items[].name items[].preferred
      items[].readAt items[].readFrom items[].severityScale items[].source items[].starts items[].url items[].weeklyCap`,
  },
  'cases.listLegalBases': {
    anyone: 'items[].citation items[].id items[].lapsesAt items[].name items[].readAt items[].readFrom items[].url',
  },
  'cases.listPolicies': {
    anyone: `
      items[].aiReports items[].detailsAfterFix items[].exploited items[].max items[].min items[].name items[].preferred
      items[].readAt items[].readFrom items[].severityScale items[].source items[].starts items[].url items[].weeklyCap`,
  },
  'cases.lookUpContacts': {
    own: `
      hints[].about hints[].file hints[].line hints[].text suggestions[].attempt suggestions[].because suggestions[].channel
      suggestions[].doubts[] suggestions[].file suggestions[].line suggestions[].value unread[]`,
  },
  'cases.manage': {
    own: 'id name rm vfd',
  },
  'cases.message': {
    own: 'at authorId authorName files[].bytes files[].filename files[].id files[].sha256 mentions[] seq text tier way withId',
  },
  'cases.messageFile': {
    3: 'data filename',
  },
  'cases.messages': {
    3: `
      items[].at items[].authorId items[].authorName items[].files[].bytes items[].files[].filename items[].files[].id
      items[].files[].sha256 items[].mentions[] items[].seq items[].text items[].tier items[].way items[].withId readUpTo
      unread`,
  },
  'cases.noticeChoices': {
    own: `
      addressFailsSince digestAt email incidentThrough isMailed off[] optional[] pace protection publicKey quiet.from
      quiet.to zone`,
  },
  'cases.notices': {
    own: 'items[].at items[].caseId items[].deadlineAt items[].kind items[].path items[].point items[].says items[].seq',
  },
  'cases.ofFinding': {
    1: 'caseId',
  },
  'cases.offers': {
    own: `
      items[].caseId items[].emergencyUntil items[].expiresAt items[].offeredAt items[].signedBy items[].sponsorId
      items[].state items[].terms items[].termsDigest items[].tier`,
  },
  'cases.owed': {
    own: `
      items[].about items[].because items[].caseId items[].doneAt items[].dueAt items[].id items[].isOwn items[].kind
      items[].owedBy.by items[].owedBy.id items[].source items[].standing items[].startedAt`,
  },
  'cases.participants': {
    1: `
      items[].addedAt items[].answers[].since items[].answers[].status items[].answers[].vulnerabilityId items[].askedAt
      items[].heardAt items[].id items[].isListed items[].kind items[].name items[].orgId items[].rm items[].standing
      items[].vfd items[].vfdpxa items[].waitingDays items[].waitingSince items[].answers[].package items[].answers[].state
      items[].answers[].statementId items[].proxyOrgId orgNames{}`,
    0: `
      duties[].duty duties[].offeredToId duties[].orgId duties[].since items[].contact items[].coordinatorOrgId
      items[].packages[] vulnerabilities[]`,
  },
  'cases.patchProgress': {
    2: 'progress.at progress.of progress.step progress.total state',
  },
  'cases.preferEmbargo': {
    own: `
      overlap.apart[] overlap.from overlap.isThere overlap.suggested overlap.to preferences[].max preferences[].min
      preferences[].orgId preferences[].preferred preferences[].saidAt`,
  },
  'cases.profile': {
    own: `
      address.at address.by address.url address.value aiConditions.at aiConditions.by aiConditions.url aiConditions.value
      aiReports.at aiReports.by aiReports.url aiReports.value form.at form.by form.url form.value languages.at languages.by
      languages.url languages.value[] maintainerOrgId package severityScale.at severityScale.by severityScale.url
      severityScale.value venue.at venue.by venue.url venue.value weekly.at weekly.by weekly.url weekly.value who.at who.by
      who.url who.value`,
  },
  'cases.projects': {
    own: 'items[].because items[].orgId items[].package items[].recognisedAt',
  },
  'cases.proposeEmbargo': {
    own: 'because endsAt id source state',
  },
  'cases.readInAsDelegate': {
    own: 'caseId emergencyUntil expiresAt offeredAt personId signedBy sponsorId state terms termsDigest tier',
  },
  'cases.readMessages': {
    own: 'readUpTo unread',
  },
  'cases.reportLeak': {
    own: 'answerBy id',
  },
  'cases.setPace': {
    own: 'bands[] consentAt incidentsAtOnce package paused.because paused.until setAt weekly',
  },
  'cases.sharing': {
    1: `
      items[].basis items[].choice items[].citation items[].lapsedAt items[].lapsesAt items[].onSilence items[].orgId
      items[].since`,
  },
  'cases.state': {
    own: `
      affected[].fixed affected[].introduced approvedAt approvedBy caseId heard id justification orgId orgName package
      participantId saidAt saidBy state status text vulnerabilityId`,
  },
  'cases.statements': {
    1: `
      items[].affected[].fixed items[].affected[].introduced items[].approvedAt items[].approvedBy items[].caseId
      items[].heard items[].id items[].justification items[].orgId items[].orgName items[].package items[].participantId
      items[].saidAt items[].saidBy items[].state items[].status items[].text items[].vulnerabilityId silent[].orgId
      silent[].orgName silent[].participantId silent[].since silent[].vulnerabilityId`,
  },
  'cases.submitPatch': {
    own: 'branch bytes caseId id patches sha256 state',
  },
  'cases.tellCra': {
    own: `
      awareAt caseId isManufacturer measureAt memberStates[] orgId stages[].dueAt stages[].reference stages[].sentAt
      stages[].stage`,
  },
  'cases.unread': {
    3: 'items[].id items[].mentioned items[].unread',
  },
  'cases.upstreamRecords': {
    1: `
      items[].approvalsNeeded items[].approvals[].at items[].approvals[].by items[].draftedAt items[].draftedBy items[].id
      items[].lastResort.base.commit items[].lastResort.base.knownGoodBecause items[].lastResort.cve
      items[].lastResort.evidence.capacity items[].lastResort.evidence.deployed items[].lastResort.evidence.exhausted
      items[].lastResort.evidence.licence items[].lastResort.integrity items[].lastResort.licence.forkPermitted
      items[].lastResort.licence.obligations items[].lastResort.licence.spdxId items[].lastResort.namespace
      items[].lastResort.provenance items[].lastResort.steward.owner items[].lastResort.steward.plan
      items[].lastResort.sunset[] items[].lastResort.term.endsAt items[].lastResort.term.renewals
      items[].lastResort.term.startsAt items[].nonFix.cve items[].nonFix.decision items[].nonFix.fixStatus
      items[].nonFix.footprint items[].nonFix.position items[].nonFix.positionUrl items[].nonFix.rationale
      items[].nonFix.saidAt items[].nonFix.source items[].nonFix.type items[].participantId items[].state`,
  },
  'cases.withdraw': {
    own: 'ok',
  },
};
