import { expect, test } from 'vitest';
import { repositoryOf } from './repository.ts';

test.each([
  ['https://github.com/DaveGamble/cJSON.git', 'github.com/davegamble/cjson'],
  ['git@github.com:DaveGamble/cJSON.git', 'github.com/davegamble/cjson'],
  ['ssh://git@github.com:22/DaveGamble/cJSON', 'github.com/davegamble/cjson'],
  ['git+https://www.github.com/DaveGamble/cJSON/tree/master/x?y#z', 'github.com/davegamble/cjson'],
  ['pkg:github/DaveGamble/cJSON@1.0', 'github.com/davegamble/cjson'],
  ['https://gitlab.com/a/b/c/-/blob/main/x.c', 'gitlab.com/a/b/c'],
  ['https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id=1', 'git.kernel.org/linux'],
  ['https://github.com/torvalds/linux', 'git.kernel.org/linux'],
  ['git://git.ffmpeg.org/ffmpeg.git', 'git.ffmpeg.org/ffmpeg'],
  ['https://github.com/FFmpeg/FFmpeg', 'git.ffmpeg.org/ffmpeg'],
  ['https://github.com/only-an-owner', undefined],
  ['not a place', undefined],
  ['', undefined],
])('%s is %s', (text, name) => expect(repositoryOf(text)).toBe(name));
