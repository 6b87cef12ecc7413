/*
 * Breaks each limit on purpose, so that a machine which does not enforce one is found out before anything untrusted runs there.
 * Exit 0: the limit held. Exit 1: it did not. Killed: the worker reads the counters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AF_VSOCK
#define AF_VSOCK 40
#endif

static int memory(size_t mib) {
  for (size_t i = 0; i < mib; i++) {
    char *page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return 0;
    memset(page, 1, 1 << 20);
  }
  return 1;
}

static int pids(int allowed, int slack) {
  for (int i = 1; i <= allowed + slack; i++) {
    pid_t pid = fork();
    if (pid < 0) return i >= allowed && errno == EAGAIN ? 0 : 2;
    if (pid == 0) pause();
  }
  return 1;
}

static int disk(const char *path, size_t mib) {
  static char block[1 << 20];
  int fd = open(path, O_CREAT | O_WRONLY, 0600);
  if (fd < 0) return 2;
  for (size_t i = 0; i < mib; i++)
    if (write(fd, block, sizeof block) < (ssize_t)sizeof block) return 0;
  return 1;
}

static int net(void) {
  /* vsock is not bound to the network namespace: only the filter keeps the hypervisor out of reach. */
  const int families[] = {AF_VSOCK, AF_NETLINK, AF_PACKET};
  for (size_t i = 0; i < sizeof families / sizeof *families; i++)
    if (socket(families[i], SOCK_RAW, 0) >= 0 || socket(families[i], SOCK_STREAM, 0) >= 0) return 1;
  int fd = open("/proc/net/route", O_RDONLY);
  char text[4096];
  ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
  text[n > 0 ? n : 0] = 0;
  char *first_route = strchr(text, '\n');
  return first_route && first_route[1] ? 1 : 0;
}

static int seccomp(void) {
  if (!unshare(CLONE_NEWUSER) || syscall(SYS_keyctl, 0, -3, 1) >= 0 || errno != EPERM) return 1;
  return syscall(SYS_bpf, 0, "", 0) < 0 && errno == EPERM ? 0 : 1;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  int n = argc > 2 ? atoi(argv[2]) : 0;
  if (!strcmp(argv[1], "memory")) return memory((size_t)n);
  if (!strcmp(argv[1], "pids")) return pids(n, argc > 3 ? atoi(argv[3]) : 0);
  if (!strcmp(argv[1], "disk")) return disk(argc > 3 ? argv[3] : "/tmp/fill", (size_t)n);
  if (!strcmp(argv[1], "net")) return net();
  if (!strcmp(argv[1], "seccomp")) return seccomp();
  if (!strcmp(argv[1], "cpu"))
    for (;;) continue;
  return 2;
}
