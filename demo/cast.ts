import { type Client, clientOf } from './api.ts';
import type { HubProcess } from './process.ts';
import type { Screen } from './screen.ts';

type Role = 'finder' | 'maintainer' | 'coordinator' | 'operator' | 'developer' | 'evaluator';

/** Somebody in the demo: a person of an organisation, speaking over HTTP under a token of their own. */
export interface Player extends Client {
  readonly name: string;
  readonly orgId: string;
  readonly personId: string;
  readonly token: string;
}

export interface Cast {
  readonly ada: Player;
  readonly bo: Player;
  readonly north: Player;
  readonly south: Player;
  readonly reef: Player;
  readonly mirage: Player;
  readonly cjson: Player;
  readonly minimist: Player;
  readonly hospital: Player;
  readonly lab: Player;
  readonly institute: Player;
  readonly anyone: Client;
}

const others: [keyof Cast, string, string, Role][] = [
  ['north', 'North Lab', 'Nora', 'finder'],
  ['south', 'South Lab', 'Sven', 'finder'],
  ['reef', 'Reef Security', 'Rita', 'finder'],
  ['mirage', 'Mirage AI', 'Milo', 'finder'],
  ['cjson', 'cJSON maintainers', 'Chris', 'maintainer'],
  ['minimist', 'minimist maintainers', 'Mina', 'maintainer'],
  ['hospital', 'Tidewater Hospital', 'Hana', 'operator'],
  ['lab', 'Frontier Lab', 'Lev', 'developer'],
  ['institute', 'Measurement Institute', 'Ines', 'evaluator'],
];

/** The first visit makes the first coordinator; she registers everybody else. */
export async function assemble(hub: HubProcess, screen: Screen): Promise<Cast> {
  const anyone = clientOf(() => hub.url);
  const secret = hub.foundingLink?.split('#')[1];
  if (!secret) throw new Error('the hub gave no founding link');
  const founded = await anyone.say<{ org: { id: string }; person: { id: string }; session: { secret: string } }>('orgs.found', {
    secret,
    org: 'Harbour Clearinghouse',
    name: 'Ada',
    email: 'ada@harbour.example',
  });
  const player = (name: string, orgId: string, personId: string, token: string): Player => ({
    ...clientOf(() => hub.url, token),
    name,
    orgId,
    personId,
    token,
  });
  const ada = player('Ada', founded.org.id, founded.person.id, founded.session.secret);
  const join = async (name: string, orgId: string): Promise<Player> => {
    const email = `${name.toLowerCase()}@${orgId.slice(-6)}.example`;
    const person = await ada.say<{ id: string }>('orgs.invite', { orgId, name, email });
    const token = await ada.say<{ secret: string }>('orgs.issueToken', { holderId: person.id, days: 365 });
    return player(name, orgId, person.id, token.secret);
  };
  // Ada's session ends after hours, and the demo turns the clock by weeks: she takes a token like everybody else.
  const adaToken = await ada.say<{ secret: string }>('orgs.issueToken', { holderId: ada.personId, days: 365 });
  const cast: Record<string, unknown> = {
    anyone,
    ada: player('Ada', ada.orgId, ada.personId, adaToken.secret),
    bo: await join('Bo', ada.orgId),
  };
  for (const [key, org, name, role] of others) {
    const { id } = await ada.say<{ id: string }>('orgs.create', { name: org, roles: [role] });
    cast[key] = await join(name, id);
  }
  screen.step('Ada', `founded the clearinghouse; ${others.length} organisations joined: ${others.map(([, org]) => org).join(', ')}`);
  return cast as unknown as Cast;
}
