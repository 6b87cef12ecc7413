/*
 * Outside the box, still with the worker's rights: joins the cgroups, stages what the box may see, sets limits,
 * gives up every right, and becomes bwrap or runsc.
 *
 *   sbxlaunch WORKER UID MAPPED OWN_ROOT CPU_S FILE_BYTES OPEN_FILES PROCESSES  N CGROUP_PROCS...  M STAGED...  -- program ...
 *
 * WORKER is the process whose death is ours. UID 0 means: keep the identity. MAPPED 1: become root of a user namespace in which there is nobody else, as runsc wants it.
 * OWN_ROOT 1: the program sees, beside what is staged, /usr, /proc and a few devices, and nothing else of the host.
 * A limit of - is left as it is. Descriptors 0 to 4 are handed on, every other is closed.
 * Staged paths appear as /tmp/0, /tmp/1 ... in a mount namespace of our own, so that the store they lie in
 * can stay closed to every other user of the machine and the unprivileged bwrap can still bind them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { FAILED = 125, MAX_STAGED = 256, LAST_KEPT_FD = 4 };

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static void die(const char *what) {
  fprintf(stderr, "sbxlaunch: %s: %s\n", what, strerror(errno));
  _exit(FAILED);
}

static unsigned long number(const char *text) {
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  if (errno || *end || end == text) {
    errno = EINVAL;
    die(text);
  }
  return value;
}

static void join(const char *procs) {
  int fd = open(procs, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) die(procs);
  close(fd);
}

static void bind(const char *from, const char *to) {
  struct stat st;
  if (stat(from, &st)) die(from);
  if (S_ISDIR(st.st_mode) ? mkdir(to, 0755) && errno != EEXIST : mknod(to, S_IFREG | 0644, 0)) die(to);
  if (mount(from, to, NULL, MS_BIND | MS_REC, NULL)) die(from);
}

/*
 * What bwrap finds instead of the host's files, below /tmp: for every mount that it makes it reads the list of all there are. The
 * devices are nodes of our own; in a container root may not make any, and the host's are shown.
 */
static void furnish(void) {
  static const struct { const char *name; int minor, major; } devices[] = {{"null", 3, 1},   {"zero", 5, 1},    {"full", 7, 1},
                                                                          {"random", 8, 1}, {"urandom", 9, 1}, {"tty", 0, 5}};
  static const char *const links[][2] = {{"usr/lib", "/tmp/lib"},         {"usr/lib64", "/tmp/lib64"},
                                         {"usr/bin", "/tmp/bin"},         {"usr/sbin", "/tmp/sbin"},
                                         {"/proc/self/fd", "/tmp/dev/fd"}, {"fd/0", "/tmp/dev/stdin"},
                                         {"fd/1", "/tmp/dev/stdout"},     {"fd/2", "/tmp/dev/stderr"}};
  if (mkdir("/tmp/tmp", 0755) || mkdir("/tmp/etc", 0755) || mkdir("/tmp/dev", 0755)) die("a root for bwrap");
  bind("/usr", "/tmp/usr");
  bind("/proc", "/tmp/proc");
  if (!access("/etc/alternatives", F_OK)) bind("/etc/alternatives", "/tmp/etc/alternatives");
  if (!access("/etc/ld.so.cache", F_OK)) bind("/etc/ld.so.cache", "/tmp/etc/ld.so.cache");
  if (mount("devices", "/tmp/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k")) die("devices");
  for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
    char from[32], to[32];
    snprintf(from, sizeof from, "/dev/%s", devices[i].name);
    snprintf(to, sizeof to, "/tmp/dev/%s", devices[i].name);
    if (mknod(to, S_IFCHR | 0666, makedev((unsigned)devices[i].major, (unsigned)devices[i].minor))) bind(from, to);
  }
  for (size_t i = 0; i < sizeof links / sizeof *links; i++)
    if (symlink(links[i][0], links[i][1])) die(links[i][1]);
  if (mkdir("/tmp/dev/shm", 0755) || mount(NULL, "/tmp/dev", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL)) die("devices");
}

static void stage(char **paths, int count, int own_root) {
  int fds[MAX_STAGED];
  if (count > MAX_STAGED) {
    errno = E2BIG;
    die("too many things to stage");
  }
  if (unshare(CLONE_NEWNS)) die("unshare");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) die("make mounts private");
  /* Opened before the tmpfs hides whatever of them lies under /tmp. */
  for (int i = 0; i < count; i++)
    if ((fds[i] = open(paths[i], O_PATH | O_CLOEXEC | O_NOFOLLOW)) < 0) die(paths[i]);
  if (mount("staging", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m")) die("staging");
  umask(0);
  if (own_root) furnish();
  for (int i = 0; i < count; i++) {
    char from[64], to[64];
    struct stat st;
    snprintf(from, sizeof from, "/proc/self/fd/%d", fds[i]);
    snprintf(to, sizeof to, "%s/%d", own_root ? "/tmp/tmp" : "/tmp", i);
    if (fstat(fds[i], &st)) die(paths[i]);
    if (S_ISDIR(st.st_mode) ? mkdir(to, 0755) : mknod(to, S_IFREG | 0644, 0)) die(to);
    if (mount(from, to, NULL, MS_BIND, NULL)) die(paths[i]);
  }
  if (own_root && (chdir("/tmp") || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))) die("a root for bwrap");
}

static void limit(int resource, const char *most, unsigned long slack) {
  if (!strcmp(most, "-")) return;
  struct rlimit l = {number(most), number(most) + slack};
  if (setrlimit(resource, &l)) die("setrlimit");
}

static void write_line(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) die(path);
  close(fd);
}

static void become_mapped_root(void) {
  char uids[32], gids[32];
  snprintf(uids, sizeof uids, "0 %u 1", geteuid());
  snprintf(gids, sizeof gids, "0 %u 1", getegid());
  /* A change of identity makes /proc/self root's. */
  prctl(PR_SET_DUMPABLE, 1);
  if (unshare(CLONE_NEWUSER)) die("a user namespace");
  write_line("/proc/self/setgroups", "deny");
  write_line("/proc/self/uid_map", uids);
  write_line("/proc/self/gid_map", gids);
}

int main(int argc, char **argv) {
  int i = 9;
  if (argc < 13) return FAILED;
  pid_t worker = (pid_t)number(argv[1]);
  unsigned long uid = number(argv[2]), mapped = number(argv[3]), own_root = number(argv[4]);
  for (int n = (int)number(argv[i++]); n > 0 && i < argc; n--) join(argv[i++]);
  int staged = i < argc ? (int)number(argv[i++]) : 0;
  if (i + staged + 1 >= argc || strcmp(argv[i + staged], "--")) return FAILED;
  if (staged) stage(argv + i, staged, (int)own_root);
  i += staged + 1;

  if (syscall(SYS_close_range, LAST_KEPT_FD + 1, ~0U, 0)) die("close_range");
  /* 1, not 0: the kernel starts a piped core_pattern handler, on the host, even at 0. */
  limit(RLIMIT_CORE, "1", 0);
  /* Hard above soft, so that the end is SIGXCPU and cannot be mistaken for an out-of-memory SIGKILL. */
  limit(RLIMIT_CPU, argv[5], 1);
  limit(RLIMIT_FSIZE, argv[6], 0);
  limit(RLIMIT_NOFILE, argv[7], 0);
  limit(RLIMIT_NPROC, argv[8], 0);
  limit(RLIMIT_MEMLOCK, "65536", 0);
  limit(RLIMIT_MSGQUEUE, "0", 0);
  if (uid && (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))) die("give up rights");
  if (mapped) become_mapped_root();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) die("no_new_privs");
  /* It may have died before we asked. bwrap asks for itself, runsc does not. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != worker) die("the worker is gone");
  umask(077);
  execv(argv[i], argv + i);
  die(argv[i]);
}
