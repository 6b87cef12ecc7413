import { type Refusal, refuse } from '../../base/refusal.ts';
import { tool } from '../boxes/tool.ts';

/** The index that this machine's pip uses, whatever its configuration says: pip tells it with its help, and nothing is fetched for that. */
export async function pipIndex(): Promise<string | Refusal> {
  const end = await tool('python3', ['-m', 'pip', 'download', '--help'], { env: { ...process.env, COLUMNS: '2000', NO_COLOR: '1' } });
  const [, url] = /--index-url <url>.*?\(default:? (https?:\/\/[^\s)]+)\)/s.exec(end.stdout) ?? [];
  return (
    url ??
    refuse(
      'unavailable',
      'which index to ask tells pip, which is missing: apt-get install -y python3-pip, or name one (BREAKWATER_PYPI_INDEX)',
    )
  );
}
