/** Where the lab's own programs are seen in a box: what observes, what loads the driver (src/lab/observers/). */
const observerAt = '/observer';

interface Command {
  readonly argv: string[];
  readonly cwd: string;
  readonly tools: 'node'[];
}

/**
 * Instead of a recipe's own command: the observer sets up its canaries, loads the driver in a process of its own and reads the canaries after.
 * `{wallMs}` is the time that the box allows; `input` a path, or `--self-check`, and then the observer trips the canary itself.
 */
export function observerCommand(oracle: { readonly kind: string }, driver: string, input: string): Command {
  const argv = ['/tools/node', '--no-warnings', `${observerAt}/observe.cjs`, JSON.stringify({ oracle, driver }), '{wallMs}', input];
  return { argv, cwd: '/tmp', tools: ['node'] };
}

/** Where functional tests beside a driver find what they test, as the driver does. */
export const driverEnvironment = { NODE_PATH: '/src/node_modules' };

export const observerFile = (name: string) => `${observerAt}/${name}`;
