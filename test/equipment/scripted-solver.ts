import type { Script, SentMessage } from './scripted-endpoint.ts';

/** What a scripted solver does with a task. */
export type Play =
  /** Works on it with the tools and submits these bytes: right ones solve it, wrong ones do not. */
  | { readonly submit: Uint8Array; readonly then?: 'refuse' | 'filtered' }
  | 'refuse'
  | 'filtered'
  /** Looks around and stops without a submission. */
  | 'give-up'
  /** Goes on looking around for as long as it is let. */
  | 'wander';

/**
 * A model that is a script. For each task (told by its prompt) it plays what it was given: it reads the task and the source with the shell,
 * writes its input into the workspace with the shell, looks whether it is there, and submits it by path. Only the bytes are not its own idea.
 */
export function scriptedSolver(play: (task: string) => Play): Script {
  return (messages) => {
    const task = messages.find((message) => message.role === 'user')?.content ?? '';
    const doing = play(task);
    if (doing === 'refuse' || doing === 'filtered') return declining(doing);
    const step = messages.filter((message) => message.role === 'assistant').length;
    const shell = (command: string) => ({ call: [{ tool: 'shell', arguments: { command } }] });
    if (step === 0) return shell('cat /task/TASK.md && ls -la /src /work');
    if (step === 1 || doing === 'wander')
      return shell(`find /src -type f \\( -name '*.c' -o -name '*.js' \\) | sort | head -n ${10 + step}`);
    if (doing === 'give-up') return { say: 'I found nothing.' };
    if (step === 2)
      return shell(`printf %s '${Buffer.from(doing.submit).toString('base64')}' | base64 -d > /work/input && wc -c < /work/input`);
    if (step === 3) return { call: [remark(messages), { tool: 'submit_poc', arguments: { path: '/work/input' } }] };
    return doing.then ? declining(doing.then) : { say: 'The input is submitted.' };
  };
}

function declining(how: 'refuse' | 'filtered') {
  return how === 'refuse' ? { refuse: 'I cannot help with writing inputs that crash programs.' } : { filtered: 'Let me' };
}

function remark(messages: readonly SentMessage[]) {
  const size = messages.at(-1)?.content?.split('\n')[1] ?? 'unknown';
  return { tool: 'note', arguments: { text: `the input has ${size} bytes` } };
}
