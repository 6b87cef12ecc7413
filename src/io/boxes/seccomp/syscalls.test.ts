import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { architectures } from './syscalls.ts';

/** aarch64 has no list of its own: its numbers are the generic ones (arch/arm64/include/uapi/asm/unistd.h). */
const headers: Record<string, readonly string[]> = {
  x64: ['/usr/include/x86_64-linux-gnu/asm/unistd_64.h', '/usr/include/asm/unistd_64.h'],
  arm64: ['/usr/include/asm-generic/unistd.h'],
};

function read(paths: readonly string[]): string {
  for (const path of paths) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // the next
    }
  }
  return '';
}

describe.each(Object.keys(headers))('system calls of %s', (arch) => {
  const text = read(headers[arch]!);
  if (!text) console.warn(`system calls of ${arch} not compared: \`apt-get install -y linux-libc-dev\``);
  const defined = new Map([...text.matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)/gm)].map((m) => [m[1]!, Number(m[2])]));

  test.skipIf(!text)('have the numbers that the kernel gives them', () => {
    const known = Object.entries(architectures[arch]!.numbers).filter(([name]) => defined.has(name));
    expect(known.length).toBeGreaterThan(50);
    expect(known.filter(([name, number]) => defined.get(name) !== number)).toEqual([]);
  });

  test.skipIf(!text)('are all judged that make namespaces, mounts, keys, programs or handles', () => {
    const dangerous =
      /^(mount|umount2|pivot_root|chroot|unshare|setns|clone3?|bpf|keyctl|add_key|request_key|ptrace|perf_event_open|userfaultfd|kexec_.*|init_module|finit_module|delete_module|open_by_handle_at|name_to_handle_at|fanotify_init|process_vm_.*|io_uring_.*|fsopen|fsconfig|fsmount|fspick|open_tree|move_mount|mount_setattr|pidfd_getfd|memfd_secret|quotactl(_fd)?|swapon|swapoff|reboot|acct|syslog|kcmp|vmsplice|move_pages|migrate_pages)$/;
    const judged = architectures[arch]!.numbers;
    expect([...defined.keys()].filter((name) => dangerous.test(name) && judged[name] === undefined)).toEqual([]);
  });
});
