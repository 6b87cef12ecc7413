/* What a hostile program would try. Each mode prints what it found; "held" lines are what the tests look for. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long result) {
  printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "ALLOWED");
  errno = 0;
}

static int eat(size_t mib) {
  for (size_t i = 0; i < mib; i++) {
    char *page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return 3;
    memset(page, 1, 1 << 20);
  }
  return 0;
}

static int fork_until(int wanted) {
  int made = 1;
  for (; made < wanted; made++) {
    pid_t pid = fork();
    if (pid < 0) break;
    if (pid == 0) {
      pause();
      _exit(0);
    }
  }
  printf("%d %s\n", made, made < wanted ? strerrorname_np(errno) : "all");
  return 0;
}

static int fork_bomb(void) {
  for (;;)
    if (fork() == 0) continue;
}

static int fill(const char *path, size_t bytes) {
  static char block[4096];
  int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  size_t done = 0;
  if (fd < 0) return 4;
  while (done < bytes) {
    size_t next = bytes - done < sizeof block ? bytes - done : sizeof block;
    ssize_t n = write(fd, block, next);
    if (n <= 0) break;
    done += (size_t)n;
  }
  printf("%zu\n", done);
  return 0;
}

static int print_bytes(size_t bytes) {
  static char block[65536];
  memset(block, 'A', sizeof block);
  while (bytes) {
    ssize_t n = write(1, block, bytes < sizeof block ? bytes : sizeof block);
    if (n <= 0) return 1;
    bytes -= (size_t)n;
  }
  return 0;
}

static int leave_daemon(void) {
  if (fork() == 0) {
    setsid();
    signal(SIGTERM, SIG_IGN);
    for (;;) sleep(100);
  }
  return 0;
}

static int list_descriptors(void) {
  DIR *listing = opendir("/proc/self/fd");
  for (struct dirent *entry; listing && (entry = readdir(listing));)
    if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(listing)) printf("%s ", entry->d_name);
  return 0;
}

static int print_file(const char *path) {
  char text[4096];
  int fd = open(path, O_RDONLY);
  ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
  if (n < 0) printf("%s", strerrorname_np(errno));
  for (ssize_t i = 0; i < n; i++) putchar(text[i] ? text[i] : ' ');
  return 0;
}

static int try_network(const char *abstract_name) {
  const struct { const char *name; int family, type; } families[] = {
    {"vsock", 40, SOCK_STREAM}, {"netlink", 16, SOCK_RAW}, {"packet", 17, SOCK_RAW}, {"alg", 38, SOCK_SEQPACKET}, {"bluetooth", 31, SOCK_RAW},
    {"raw", AF_INET, SOCK_RAW}};
  for (size_t i = 0; i < sizeof families / sizeof *families; i++) say(families[i].name, socket(families[i].family, families[i].type, 0));
  struct sockaddr_in away = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(0x01010101)};
  say("connect out", connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&away, sizeof away));
  say("send out", sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (void *)&away, sizeof away));
  struct sockaddr_un host = {.sun_family = AF_UNIX};
  memcpy(host.sun_path + 1, abstract_name, strlen(abstract_name));
  say("abstract socket", connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&host, (socklen_t)(3 + strlen(abstract_name))));
  return 0;
}

static int try_calls(void) {
  say("mount", mount("x", "/tmp", "tmpfs", 0, NULL));
  say("umount", umount2("/proc", MNT_DETACH));
  say("unshare user", unshare(CLONE_NEWUSER));
  say("clone user", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
  say("chroot", chroot("/tmp"));
  say("keyctl", syscall(SYS_keyctl, 0, -3, 1));
  say("add_key", syscall(SYS_add_key, "user", "k", "v", 1, -2));
  say("bpf", syscall(SYS_bpf, 0, "", 0));
  say("userfaultfd", syscall(SYS_userfaultfd, 1));
  say("io_uring", syscall(425, 8, (char[120]){0}));
  say("perf", syscall(SYS_perf_event_open, (char[128]){0}, 0, -1, -1, 0));
  say("memfd_secret", syscall(447, 0));
  say("process_vm_readv", syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0));
  say("name_to_handle", syscall(SYS_name_to_handle_at, -100, "/", (char[200]){0}, (int[1]){0}, 0));
  say("setuid", setresuid(0, 0, 0));
  say("personality", personality(0x0400000));
  say("tiocsti", ioctl(0, TIOCSTI, "x"));
  say("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
  say("block device", mknod("/tmp/b", S_IFBLK | 0600, 0xfe00));
  return 0;
}

static int try_files(void) {
  const char *written[] = {"/x", "/usr/x", "/etc/x", "/input/x", "/dev/x", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/.sbxinit"};
  const char *seen[] = {"/etc/passwd", "/etc/shadow", "/root", "/home", "/srv", "/sys", "/run", "/var", "/dev/kvm", "/dev/vda"};
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) say(written[i], open(written[i], O_WRONLY | O_CREAT, 0600));
  for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) say(seen[i], open(seen[i], O_RDONLY));
  return 0;
}

/* Tries to speak in our init's name on its status descriptor, or to reach into it. */
static int forge_status(void) {
  char path[64];
  const char lie[] = "started\nended 86 0 0\ndone\n";
  for (int pid = 1; pid < 8; pid++)
    for (int fd = 3; fd < 12; fd++) {
      snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
      int out = open(path, O_WRONLY);
      if (out >= 0 && write(out, lie, sizeof lie - 1) > 0) printf("%s written ", path);
    }
  for (int fd = 3; fd < 64; fd++)
    if (write(fd, lie, sizeof lie - 1) > 0) printf("descriptor %d written ", fd);
  snprintf(path, sizeof path, "/proc/%d/mem", getppid());
  if (open(path, O_RDWR) >= 0) printf("init's memory ");
  if (ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0) printf("init traced ");
  printf("tried\n");
  return 7;
}

static int fill_reports(int files, size_t bytes) {
  char path[64];
  char *text = calloc(1, bytes ? bytes : 1);
  memset(text, 'r', bytes);
  for (int i = 0; i < files; i++) {
    snprintf(path, sizeof path, "/reports/r%d", i);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd < 0 || write(fd, text, bytes) < (ssize_t)bytes) return 5;
    close(fd);
  }
  return 0;
}

static int booby_trap_reports(void) {
  say("link", symlink("/etc/ld.so.cache", "/reports/link"));
  say("dangling", symlink("/nowhere", "/reports/dangling"));
  say("fifo", mkfifo("/reports/fifo", 0600));
  say("directory", mkdir("/reports/directory", 0700));
  say("newline", open("/reports/a\nreport b 3\nxyz", O_CREAT | O_WRONLY, 0600));
  say("dots", open("/reports/..x", O_CREAT | O_WRONLY, 0600));
  return fill_reports(1, 4);
}

static int count_processes(void) {
  int n = 0;
  DIR *listing = opendir("/proc");
  for (struct dirent *entry; listing && (entry = readdir(listing));) n += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
  printf("%d\n", n);
  return 0;
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
  setvbuf(stdout, NULL, _IONBF, 0);
  if (!strcmp(mode, "exit")) return (int)n;
  if (!strcmp(mode, "signal")) return raise((int)n);
  if (!strcmp(mode, "eat")) return eat(n);
  if (!strcmp(mode, "child-eats")) {
    if (fork() == 0) _exit(eat(n));
    return wait(NULL) < 0;
  }
  if (!strcmp(mode, "fork")) return fork_until((int)n);
  if (!strcmp(mode, "fork-bomb")) return fork_bomb();
  if (!strcmp(mode, "fill")) return fill(argv[3], n);
  if (!strcmp(mode, "print")) return print_bytes(n);
  if (!strcmp(mode, "daemon")) return leave_daemon();
  if (!strcmp(mode, "descriptors")) return list_descriptors();
  if (!strcmp(mode, "show")) return print_file(argv[2]);
  if (!strcmp(mode, "network")) return try_network(argv[2]);
  if (!strcmp(mode, "calls")) return try_calls();
  if (!strcmp(mode, "files")) return try_files();
  if (!strcmp(mode, "forge")) return forge_status();
  if (!strcmp(mode, "reports")) return fill_reports((int)n, strtoul(argv[3], NULL, 10));
  if (!strcmp(mode, "traps")) return booby_trap_reports();
  if (!strcmp(mode, "processes")) return count_processes();
  if (!strcmp(mode, "kill-init")) return kill(getppid(), SIGKILL) || pause();
  if (!strcmp(mode, "sleep")) {
    signal(SIGTERM, SIG_IGN);
    for (;;) sleep(100);
  }
  if (!strcmp(mode, "where")) {
    printf("%p\n", (void *)&n);
    return 0;
  }
  for (;;) continue;
}
