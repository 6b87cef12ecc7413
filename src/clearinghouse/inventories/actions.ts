import { sha256 } from '../../base/canonical.ts';
import { label, ownOf } from '../../base/label.ts';
import { isRefusal } from '../../base/refusal.ts';
import { action, done, presentItems } from '../../trust/action.ts';
import type { Inventory } from './inventory.ts';
import { readSbom } from './sbom.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const keep = action({
  name: 'inventories.keep',
  at: 'POST /api/inventories',
  summary: 'Keep an SBOM under a name; keeping again under the same name replaces it.',
  by: ['operator', 'maintainer'],
  input: wire.keepInput,
  output: wire.inventoryOut,
  async run(ctx, input) {
    const sbom = readSbom(input.document);
    if (isRefusal(sbom)) return { ...sbom, at: `/document${sbom.at ?? ''}` };
    const orgId = ctx.actor.orgId as Inventory['orgId'];
    await store.lockName(ctx.tx, orgId, input.name);
    const before = await store.inventoryNamed(ctx.tx, orgId, input.name);
    const inventory: Inventory = {
      id: before?.id ?? ctx.id('inv'),
      orgId,
      name: input.name,
      format: sbom.format,
      documentDigest: sha256(input.document),
      components: sbom.components.length,
      unreadable: sbom.unreadable,
      revision: (before?.revision ?? 0) + 1,
      label: label('AMBER', ownOf(orgId)),
      keptAt: ctx.now,
    };
    await store.keepInventory(ctx.tx, inventory, sbom.components);
    const { name, components, revision } = inventory;
    return done(inventory, {
      event: 'inventory.kept',
      thing: inventory.id,
      label: inventory.label,
      payload: { name, components, revision },
    });
  },
  present: wire.present,
});

export const get = action({
  name: 'inventories.get',
  at: 'GET /api/inventories/:id',
  summary: 'One inventory of your own.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.inventoryOut,
  on: (ctx, input) => store.inventoryById(ctx.tx, input.id),
  async run(_ctx, _input, inventory: Inventory) {
    return done(inventory);
  },
  present: wire.present,
});

export const list = action({
  name: 'inventories.list',
  at: 'GET /api/inventories',
  summary: 'Your inventories, oldest first; coordinators see all.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listInventories(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const components = action({
  name: 'inventories.components',
  at: 'GET /api/inventories/:id/components',
  summary: 'What an inventory holds, by purl, a page at a time.',
  by: 'signed-in',
  input: wire.componentsInput,
  output: wire.componentsOut,
  on: (ctx, input) => store.inventoryById(ctx.tx, input.id),
  async run(ctx, input, inventory: Inventory) {
    return done(await store.componentsAfter(ctx.tx, inventory.id, input.after, input.limit));
  },
  present: wire.presentComponents,
});

export const inventoryActions = [keep, get, list, components];
