import type { ToolEnd } from '../boxes/tool.ts';

/** Whether a tool could not even be started. */
export function isMissing({ ok, stderr }: ToolEnd): boolean {
  return !ok && /\bENOENT\b|No such file or directory$/.test(stderr.trim());
}
