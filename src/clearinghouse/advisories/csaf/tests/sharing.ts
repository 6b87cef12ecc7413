import type { Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { isObject, type Obj, objectOf } from '../json.ts';

const distribution = '/document/distribution';
const everybody = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const nobody = '00000000-0000-0000-0000-000000000000';
/** "Sharing Group": names kept for the two ids. */
const names: Readonly<Record<string, string>> = { [everybody]: 'Public', [nobody]: 'No sharing allowed' };

function sharingGroup(csaf: Csaf): Obj | undefined {
  const group = objectOf(csaf.document.distribution).sharing_group;
  return isObject(group) ? group : undefined;
}

export const sharing20: Clauses = {
  '6.2.10': (csaf, report) => {
    const { tlp } = objectOf(csaf.document.distribution);
    if (csaf.tlp === undefined) report(tlp === undefined ? '/document' : `${distribution}/tlp`, 'there is no TLP label');
    else if (!['CLEAR', 'GREEN', 'AMBER', 'RED'].includes(csaf.tlp)) report(`${distribution}/tlp/label`, `${csaf.tlp} is no TLP label`);
  },
};

function usage(id: string, message: string): Clauses[string] {
  return (csaf, report) => {
    if (sharingGroup(csaf)?.id === id) report(`${distribution}/sharing_group/id`, message);
  };
}

export const sharing21: Clauses = {
  '6.1.38': (csaf, report) => {
    if (sharingGroup(csaf)?.id === everybody && csaf.tlp !== 'CLEAR') report(`${distribution}/tlp/label`, 'the sharing group is everybody');
  },
  '6.1.39': (csaf, report) => {
    const id = sharingGroup(csaf)?.id;
    if (csaf.tlp !== 'CLEAR' || id === undefined || id === everybody || (id === nobody && csaf.status === 'draft')) return;
    report(`${distribution}/sharing_group/id`, 'what is TLP:CLEAR is for everybody');
  },
  '6.1.40': (csaf, report) => {
    const group = sharingGroup(csaf);
    const owner = Object.keys(names).find((id) => names[id] === group?.name);
    if (owner !== undefined && group!.id !== owner) report(`${distribution}/sharing_group/name`, `this name is kept for ${owner}`);
  },
  '6.1.41': (csaf, report) => {
    const group = sharingGroup(csaf);
    const wanted = typeof group?.id === 'string' && Object.hasOwn(names, group.id) ? names[group.id] : undefined;
    if (wanted !== undefined && group!.name !== wanted)
      report(`${distribution}/sharing_group${group!.name === undefined ? '' : '/name'}`, `this group is named ${wanted}`);
  },
  '6.2.28': usage(everybody, 'the id of everybody is used'),
  '6.2.29': usage(nobody, 'the id of nobody is used'),
  '6.2.30': (csaf, report) => {
    if (csaf.tlp === 'CLEAR' && sharingGroup(csaf)) report(`${distribution}/sharing_group`, 'what is TLP:CLEAR needs no sharing group');
  },
};
