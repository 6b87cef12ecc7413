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
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
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

static int connect_to(int type, unsigned address, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(address)};
  int fd = socket(AF_INET, type, 0);
  int result = type == SOCK_DGRAM ? (int)sendto(fd, "x", 1, 0, (void *)&to, sizeof to) : connect(fd, (void *)&to, sizeof to);
  int why = errno;
  close(fd);
  errno = why;
  return result;
}

static int abstract_socket(const char *name, int listens) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  memcpy(at.sun_path + 1, name, strlen(name));
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  socklen_t length = (socklen_t)(3 + strlen(name));
  if (!listens) return connect(fd, (void *)&at, length);
  return bind(fd, (void *)&at, length) ? -1 : listen(fd, 1);
}

static int try_network(const char *abstract_name, int port) {
  const struct { const char *name; int family, type; } families[] = {
    {"vsock", 40, SOCK_STREAM}, {"netlink", 16, SOCK_RAW}, {"packet", 17, SOCK_RAW}, {"alg", 38, SOCK_SEQPACKET}, {"bluetooth", 31, SOCK_RAW},
    {"xdp", 44, SOCK_RAW}, {"raw", AF_INET, SOCK_RAW}};
  for (size_t i = 0; i < sizeof families / sizeof *families; i++) say(families[i].name, socket(families[i].family, families[i].type, 0));
  say("connect out", connect_to(SOCK_STREAM, 0x01010101, 53));
  say("send out", connect_to(SOCK_DGRAM, 0x01010101, 53));
  say("metadata service", connect_to(SOCK_STREAM, 0xa9fea9fe, 80));
  say("host loopback", connect_to(SOCK_STREAM, INADDR_LOOPBACK, port));
  say("abstract socket", abstract_socket(abstract_name, 0));
  return 0;
}

static int try_calls(void) {
  char zero[200] = {0};
  say("mount", mount("x", "/tmp", "tmpfs", 0, NULL));
  say("remount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
  say("umount", umount2("/proc", MNT_DETACH));
  say("fsopen", syscall(430, "tmpfs", 0));
  say("open_tree", syscall(428, -100, "/", 1));
  say("pivot_root", syscall(SYS_pivot_root, ".", "."));
  say("chroot", chroot("/tmp"));
  say("unshare user", unshare(CLONE_NEWUSER));
  say("unshare mounts", unshare(CLONE_NEWNS));
  say("clone user", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
  say("setns", setns(open("/proc/self/ns/mnt", O_RDONLY), 0));
  say("keyctl", syscall(SYS_keyctl, 0, -3, 1));
  say("add_key", syscall(SYS_add_key, "user", "k", "v", 1, -2));
  say("request_key", syscall(SYS_request_key, "user", "k", 0, 0));
  say("bpf", syscall(SYS_bpf, 0, "", 0));
  say("userfaultfd", syscall(SYS_userfaultfd, 1));
  say("io_uring", syscall(425, 8, (char[120]){0}));
  say("perf", syscall(SYS_perf_event_open, (char[128]){0}, 0, -1, -1, 0));
  say("memfd_secret", syscall(447, 0));
  say("process_vm_readv", syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0));
  say("kcmp", syscall(SYS_kcmp, 1, 1, 0, 0, 0));
  say("pidfd_getfd", syscall(438, 0, 0, 0));
  say("name_to_handle", syscall(SYS_name_to_handle_at, -100, "/", zero, (int[1]){0}, 0));
  say("open_by_handle", syscall(SYS_open_by_handle_at, 0, zero, 0));
  say("fanotify", syscall(SYS_fanotify_init, 0, 0));
  say("kexec", syscall(SYS_kexec_load, 0, 0, 0, 0));
  say("init_module", syscall(SYS_init_module, "", 0, ""));
  say("kernel log", syscall(SYS_syslog, 3, zero, 16));
  say("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0));
  say("quotactl", syscall(SYS_quotactl, 0, 0, 0, 0));
  say("acct", acct(NULL));
  say("swapon", syscall(SYS_swapon, "/x", 0));
  say("set clock", syscall(SYS_clock_settime, 0, (long[2]){0, 0}));
  say("sethostname", sethostname("x", 1));
  say("vmsplice", syscall(SYS_vmsplice, 1, 0, 0, 0));
  say("move_pages", syscall(SYS_move_pages, 0, 0, 0, 0, 0, 0));
#ifdef __x86_64__
  say("modify_ldt", syscall(SYS_modify_ldt, 0, zero, 16));
  say("iopl", syscall(SYS_iopl, 3));
  say("x32", syscall(0x40000000 + SYS_getpid));
#endif
  say("setuid", setresuid(0, 0, 0));
  say("setgroups", syscall(SYS_setgroups, 1, (int[1]){0}));
  say("personality", personality(0x0400000));
  say("tiocsti", ioctl(0, TIOCSTI, "x"));
  say("nice", setpriority(PRIO_PROCESS, 0, -5));
  say("realtime", sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){1}));
  say("raise limit", setrlimit(RLIMIT_NOFILE, &(struct rlimit){1 << 20, 1 << 20}));
  say("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
  say("block device", mknod("/tmp/b", S_IFBLK | 0600, 0xfe00) < 0 ? -1 : open("/tmp/b", O_RDONLY));
  return 0;
}

/* What is open for writing is not enough: what must be refused is the write. */
static int write_to(const char *path, const char *text) {
  int fd = open(path, O_WRONLY);
  return fd < 0 ? -1 : (int)write(fd, text, strlen(text));
}

static int try_files(void) {
  const char *made[] = {"/x", "/usr/x", "/etc/x", "/input/x", "/dev/x", "/proc/x", "/.sbxinit", "/.sbxguest"};
  const struct { const char *path, *text; } written[] = {
    {"/proc/sys/kernel/core_pattern", "|/bin/sh"}, {"/proc/sys/kernel/hostname", "x"}, {"/proc/sys/vm/overcommit_memory", "0"},
    {"/proc/sys/kernel/modprobe", "/tmp/x"}, {"/.box/said", "x"}, {"/proc/self/uid_map", "0 0 1"}, {"/proc/self/oom_score_adj", "-1000"}};
  const char *seen[] = {"/etc/passwd", "/etc/shadow", "/root", "/home", "/srv", "/sys/kernel", "/run", "/var", "/work", "/opt", "/boot", "/dev/kvm",
    "/dev/vda", "/dev/sda", "/dev/mem", "/dev/fuse", "/proc/kcore", "/proc/kmsg", "/.box/said", "/sys/fs/cgroup", "/dev/net/tun"};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++) say(made[i], open(made[i], O_WRONLY | O_CREAT, 0600));
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) say(written[i].path, write_to(written[i].path, written[i].text));
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

static void *idle(void *nothing) {
  for (;;) pause();
  return nothing;
}

static int count_threads(int wanted) {
  int made = 1, failed = 0;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (; made < wanted && !failed; made += !failed) failed = pthread_create(&(pthread_t){0}, &small, idle, NULL);
  printf("%d %s\n", made, failed ? strerrorname_np(failed) : "all");
  return 0;
}

static int eat_memfd(size_t mib) {
  static char block[1 << 20];
  int fd = (int)syscall(SYS_memfd_create, "x", 0);
  memset(block, 1, sizeof block);
  signal(SIGXFSZ, SIG_IGN);
  for (size_t i = 0; i < mib; i++) {
    if (write(fd, block, sizeof block) == (ssize_t)sizeof block) continue;
    fd = (int)syscall(SYS_memfd_create, "x", 0);
    if (fd < 0) return 3;
  }
  return 0;
}

static int make_inodes(const char *dir, size_t wanted) {
  char path[256];
  for (size_t i = 0; i < wanted; i++) {
    snprintf(path, sizeof path, "%s/%zu", dir, i);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd < 0) return printf("%zu %s\n", i, strerrorname_np(errno)) < 0;
    close(fd);
  }
  printf("%zu all\n", wanted);
  return 0;
}

static int open_many(void) {
  int highest = 2;
  for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0;) highest = fd;
  printf("%d %s\n", highest + 1, strerrorname_np(errno));
  return 0;
}

/* A grandchild in a session of its own that holds our output open, ignores what it can and, if asked, goes on writing reports. */
static int leave_grandchild(const char *path) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      signal(SIGTERM, SIG_IGN);
      signal(SIGHUP, SIG_IGN);
      prctl(PR_SET_NAME, "grandchild");
      for (;;) {
        int fd = path ? open(path, O_CREAT | O_WRONLY | O_APPEND, 0600) : -1;
        if (fd >= 0) {
          if (write(fd, "late\n", 5) < 0) pause();
          close(fd);
        } else
          sleep(100);
      }
    }
    _exit(0);
  }
  wait(NULL);
  return 0;
}

static int unix_socket_at(const char *path) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  strcpy(at.sun_path, path);
  return bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&at, sizeof at);
}

/* Says hello to whoever listens there, and shows the answer. */
static int unix_client(const char *path) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  char heard[64] = {0};
  strcpy(at.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, (void *)&at, sizeof at)) return printf("%s\n", strerrorname_np(errno)) < 0;
  return write(fd, "hello\n", 6) < 0 || read(fd, heard, sizeof heard - 1) < 0 || printf("%s", heard) < 0;
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
  int sparse = open("/reports/sparse", O_CREAT | O_WRONLY, 0600), closed = open("/reports/closed", O_CREAT | O_WRONLY, 0);
  say("sparse", ftruncate(sparse, 4 << 20));
  say("without rights", closed);
  say("hard link", link("/hostile", "/reports/hard"));
  say("socket", unix_socket_at("/reports/socket"));
  say("block device", mknod("/reports/block", S_IFBLK | 0600, 0xfe00));
  say("up", symlink("../../../../etc/ld.so.cache", "/reports/up"));
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
  if (!strcmp(mode, "network")) return try_network(argv[2], atoi(argv[3]));
  if (!strcmp(mode, "threads")) return count_threads((int)n);
  if (!strcmp(mode, "memfd")) return eat_memfd(n);
  if (!strcmp(mode, "inodes")) return make_inodes(argv[3], n);
  if (!strcmp(mode, "open-many")) return open_many();
  if (!strcmp(mode, "grandchild")) return leave_grandchild(argc > 2 ? argv[2] : NULL);
  if (!strcmp(mode, "socket-at")) return unix_socket_at(argv[2]) < 0;
  if (!strcmp(mode, "unix-client")) return unix_client(argv[2]);
  if (!strcmp(mode, "unix-server")) return printf("%s\n", unix_socket_at(argv[2]) ? strerrorname_np(errno) : "ALLOWED") < 0;
  if (!strcmp(mode, "wait-any")) return printf("%s\n", wait(NULL) < 0 ? strerrorname_np(errno) : "a child") < 0;
  if (!strcmp(mode, "abstract-server")) return abstract_socket(argv[2], 1) || sleep(3);
  if (!strcmp(mode, "abstract-client")) return printf("%s\n", abstract_socket(argv[2], 0) ? strerrorname_np(errno) : "ALLOWED") < 0;
  if (!strcmp(mode, "stop")) return raise(SIGSTOP) || sleep(100);
  if (!strcmp(mode, "child-spins")) {
    if (fork() == 0)
      for (;;) continue;
    return wait(NULL) < 0;
  }
  if (!strcmp(mode, "calls")) return try_calls();
  if (!strcmp(mode, "files")) return try_files();
  if (!strcmp(mode, "forge")) return forge_status();
  if (!strcmp(mode, "reports")) return fill_reports((int)n, strtoul(argv[3], NULL, 10));
  if (!strcmp(mode, "traps")) return booby_trap_reports();
  if (!strcmp(mode, "processes")) return count_processes();
  if (!strcmp(mode, "kill-init")) return kill(getppid(), SIGKILL) < 0 ? 3 : pause();
  if (!strcmp(mode, "kill-all")) return kill(-1, SIGKILL) < 0 ? 3 : 5;
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
