import { claimActions } from '../clearinghouse/claims/actions.ts';
import type { AnyAction } from '../trust/action.ts';
import { logActions } from '../trust/log/actions.ts';
import { orgActions } from '../trust/orgs/actions.ts';

/** Every verb of the product, station by station in the order of the flow. Routes, commands, tools and OpenAPI are derived from this list. */
export const actions: readonly AnyAction[] = [...orgActions, ...logActions, ...claimActions];

export function actionNamed(name: string): AnyAction | undefined {
  return actions.find((a) => a.name === name);
}
