/** The metrics of each CVSS version and their values, in the order of the specification's own tables. */
export type CvssVersion = '2.0' | '3.0' | '3.1' | '4.0';

type Metrics = Readonly<Record<string, string>>;

interface CvssGrammar {
  /** All mandatory. */
  readonly base: Metrics;
  readonly temporal: Metrics;
  readonly environmental: Metrics;
  /** 4.0: threat, environmental and supplemental metrics. */
  readonly other: Metrics;
}

const level3 = 'X L M H';
const impact3 = 'X N L H';

const grammar3: CvssGrammar = {
  base: { AV: 'N A L P', AC: 'L H', PR: 'N L H', UI: 'N R', S: 'U C', C: 'N L H', I: 'N L H', A: 'N L H' },
  temporal: { E: 'X U P F H', RL: 'X O T W U', RC: 'X U R C' },
  environmental: {
    CR: level3,
    IR: level3,
    AR: level3,
    MAV: 'X N A L P',
    MAC: 'X L H',
    MPR: 'X N L H',
    MUI: 'X N R',
    MS: 'X U C',
    MC: impact3,
    MI: impact3,
    MA: impact3,
  },
  other: {},
};

const level2 = 'ND L M H';

export const cvssGrammar: Readonly<Record<CvssVersion, CvssGrammar>> = {
  '2.0': {
    base: { AV: 'L A N', AC: 'H M L', Au: 'M S N', C: 'N P C', I: 'N P C', A: 'N P C' },
    temporal: { E: 'ND U POC F H', RL: 'ND OF TF W U', RC: 'ND UC UR C' },
    environmental: { CDP: 'ND N L LM MH H', TD: 'ND N L M H', CR: level2, IR: level2, AR: level2 },
    other: {},
  },
  '3.0': grammar3,
  '3.1': grammar3,
  '4.0': {
    base: {
      AV: 'N A L P',
      AC: 'L H',
      AT: 'N P',
      PR: 'N L H',
      UI: 'N P A',
      VC: 'H L N',
      VI: 'H L N',
      VA: 'H L N',
      SC: 'H L N',
      SI: 'H L N',
      SA: 'H L N',
    },
    temporal: {},
    environmental: {},
    other: {
      E: 'X A P U',
      CR: level3,
      IR: level3,
      AR: level3,
      MAV: 'X N A L P',
      MAC: 'X L H',
      MAT: 'X N P',
      MPR: 'X N L H',
      MUI: 'X N P A',
      MVC: 'X H L N',
      MVI: 'X H L N',
      MVA: 'X H L N',
      MSC: 'X H L N',
      MSI: 'X S H L N',
      MSA: 'X S H L N',
      S: 'X N P',
      AU: 'X N Y',
      R: 'X A U I',
      V: 'X D C',
      RE: 'X L M H',
      U: 'X Clear Green Amber Red',
    },
  },
};
