import { type Format, ofJson, ofLines } from '../format.ts';
import { isBandit, readBandit } from './bandit.ts';
import { isCheckov, readCheckov } from './checkov.ts';
import { isDefectDojo, isDefectDojoCsv, readDefectDojo, readDefectDojoCsv } from './defectdojo.ts';
import { isCargoAudit, isGosec, isPipAudit, readCargoAudit, readGosec, readPipAudit } from './ecosystem-audits.ts';
import { isGitlab, readGitlab } from './gitlab.ts';
import { isGrype, readGrype } from './grype.ts';
import { isInspector, readInspector } from './inspector.ts';
import { isMobsfscan, readMobsfscan } from './mobsfscan.ts';
import { isNpmAudit, isYarnAudit, isYarnBerryAudit, readNpmAudit, readYarnAudit, readYarnBerryAudit } from './npm-audit.ts';
import { isNuclei, readNuclei } from './nuclei.ts';
import { isOsvScanner, readOsvScanner } from './osv-scanner.ts';
import { isRetireJs, readRetireJs } from './retirejs.ts';
import { isSemgrep, isSemgrepSupplyChain, readSemgrep, readSemgrepSupplyChain } from './semgrep.ts';
import { isSnyk, readSnyk } from './snyk.ts';
import { isSonatype, readSonatype } from './sonatype.ts';
import { isTrivy, readTrivy } from './trivy.ts';

/** Scanners whose own reports are read; SARIF is for all others. */
export const scanners: readonly Format[] = [
  ofJson('bandit', isBandit, readBandit),
  ofJson('cargo-audit', isCargoAudit, readCargoAudit),
  ofJson('checkov', isCheckov, readCheckov),
  {
    name: 'defectdojo',
    is: (d) => (d.kind === 'json' && isDefectDojo(d.value)) || (d.kind === 'csv' && isDefectDojoCsv(d.columns)),
    read: (d, context) => {
      if (d.kind === 'csv') return readDefectDojoCsv(d.rows, context);
      return d.kind === 'json' ? readDefectDojo(d.value, context) : undefined;
    },
  },
  ofJson('gitlab', isGitlab, readGitlab),
  ofJson('gosec', isGosec, readGosec),
  ofJson('grype', isGrype, readGrype),
  ofJson('inspector', isInspector, readInspector),
  ofJson('mobsfscan', isMobsfscan, readMobsfscan),
  ofJson('npm-audit', isNpmAudit, readNpmAudit),
  ofLines('nuclei', isNuclei, readNuclei),
  ofJson('osv-scanner', isOsvScanner, readOsvScanner),
  ofJson('pip-audit', isPipAudit, readPipAudit),
  ofJson('retirejs', isRetireJs, readRetireJs),
  ofJson('semgrep', isSemgrep, readSemgrep),
  ofJson('semgrep-supply-chain', isSemgrepSupplyChain, readSemgrepSupplyChain),
  ofJson('snyk', isSnyk, readSnyk),
  ofJson('sonatype', isSonatype, readSonatype),
  ofJson('trivy', isTrivy, readTrivy),
  ofLines('yarn-audit', isYarnAudit, readYarnAudit),
  ofLines('yarn-berry-audit', isYarnBerryAudit, readYarnBerryAudit),
];
