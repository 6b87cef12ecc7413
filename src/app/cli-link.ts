import type { Command } from 'commander';
import { isRefusal, refuse } from '../base/refusal.ts';
import { house } from '../trust/access.ts';
import { act } from '../trust/act.ts';
import { issueLink } from '../trust/orgs/actions.ts';
import { peopleByEmail, personById } from '../trust/orgs/store.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';

/** `breakwater link`: for whoever has the data directory, so that a hub whose coordinators are all signed out can be entered again. */
export function linkCommand(program: Command): void {
  program
    .command('link <who>')
    .description("on the hub's own machine: make a one-time sign-in link for somebody, by e-mail or psn_ id; it is logged")
    .action(async (who: string) => finish(await link(who), program.opts<{ json?: boolean }>().json ?? false));
}

async function link(who: string): Promise<Ending> {
  const config = readConfig(process.env);
  // Only here: every other command must start without drivers.
  const { buildDoors } = await import('./build.ts');
  const { doors } = await buildDoors(config);
  try {
    const found = await doors.db.transaction(house.reads, async (tx) => {
      const person = await personById(tx, who);
      return person ? [person] : peopleByEmail(tx, who);
    });
    const [person, another] = found;
    if (!person) return refuse('not_found', `nobody here is ${who}`);
    if (another) return refuse('conflict', `several are ${who}; name one of ${found.map((p) => `${p.id} (${p.name})`).join(', ')}`);
    const made = await act(doors, issueLink, { who: { actor: house }, input: { personId: person.id } });
    if (isRefusal(made)) return made;
    const { secret, expiresAt } = made as { secret: string; expiresAt: string };
    const url = `${config.deskUrl}/enter#${secret}`;
    return { value: { url, name: person.name, expiresAt }, text: `${person.name}, once, until ${expiresAt}: ${url}` };
  } finally {
    await doors.db.close();
  }
}
