/*
 * Inside a sandbox of gVisor, as its first process: does there what bwrap and sbxinit do on a shared kernel. See init.h.
 *
 *   sbxguest BOX CWD CPU_S PROCESSES COLLECT|- MAX_FILES MAX_BYTES target ...
 *
 * BOX is a directory with `filter` (classic BPF) and `said`, the file that becomes descriptor 4; it is covered before anything of the
 * target runs. Root in here is the one user outside whom this box may be, so the target is root without a capability, in a
 * user namespace that calls it 65534. gVisor lets such a one open any descriptor it finds in /proc: hence the PID namespace, whose
 * first process, the warden, has none and tells how the target ended through memory.
 */
#include "init.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>

enum { MAX_FILTER = 4096, SOMEBODY_ELSE = 1000 };

static struct sock_filter filter[MAX_FILTER];
static struct sock_fprog program = {0, filter};
static rlim_t cpu_seconds;
static const char *cwd;
static struct { int waited, status, exec_errno; } *ending;

static void die(const char *what) {
  fprintf(stderr, "sbxguest: %s: %s\n", what, strerror(errno));
  _exit(FAILED);
}

static int write_line(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  int done = fd >= 0 && write(fd, text, strlen(text)) > 0;
  if (fd >= 0) close(fd);
  return done ? 0 : -1;
}

/*
 * RLIMIT_NPROC does not bind root; the sandbox has control groups of its own. The first process joins, for itself, warden and target,
 * and keeps a descriptor: what nobody has open or mounted binds nobody.
 */
static void count_processes(long most) {
  const char *groups = "/tmp/.sbxgroups";
  char max[24];
  int held;
  snprintf(max, sizeof max, "%ld", most + 2);
  if (mkdir(groups, 0700) || mount("none", groups, "cgroup", 0, "pids") || chdir(groups) || mkdir("target", 0755) ||
      write_line("target/pids.max", max) || write_line("target/cgroup.procs", "1") || (held = open(".", O_RDONLY | O_DIRECTORY)) < 0 ||
      fcntl(held, F_DUPFD_CLOEXEC, STATUS_FD + 1) < 0 || close(held) || chdir("/") || umount2(groups, MNT_DETACH) ||
      rmdir(groups))
    die("number of processes");
}

static int become_nobody(void) {
  struct rlimit most = {cpu_seconds, cpu_seconds + 1};
  return chdir(cwd) || setrlimit(RLIMIT_CPU, &most) || unshare(CLONE_NEWUSER) ||
         write_line("/proc/self/uid_map", "65534 0 1") || write_line("/proc/self/gid_map", "65534 0 1") ||
         prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void take_box(const char *box) {
  if (chdir(box)) die(box);
  int from = open("filter", O_RDONLY | O_CLOEXEC), said = open("said", O_WRONLY);
  ssize_t bytes = from < 0 ? -1 : read(from, filter, sizeof filter);
  if (said < 0 || bytes <= 0 || bytes % (ssize_t)sizeof *filter) die("filter or said");
  program.len = (unsigned short)(bytes / (ssize_t)sizeof *filter);
  close(from);
  if (said != STATUS_FD) {
    if (dup2(said, STATUS_FD) < 0) die("dup2");
    close(said);
  }
  /* Below the mount lies the same again: the gofer made it among its own files. */
  if (chdir("/") || umount2(box, MNT_DETACH) || mount("none", box, "tmpfs", MS_RDONLY, "mode=0500,size=4096")) die(box);
}

/* The first process of the target's own PID namespace: when it ends, everything in there does. */
static int watch(char **argv) {
  int status;
  close(STATUS_FD);
  if (umount2("/proc", MNT_DETACH) || mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) die("/proc");
  pid_t target = start(argv, become_nobody, &ending->exec_errno);
  /* Nothing of the target's may be held open by us. */
  for (int fd = 0; fd < STATUS_FD; fd++) close(fd);
  for (;;) {
    pid_t gone = wait(&status);
    if (gone < 0 && errno != EINTR) return FAILED;
    if (gone == target) break;
  }
  ending->status = status;
  ending->waited = 1;
  return 0;
}

int main(int argc, char **argv) {
  int status;
  if (argc < 9) return FAILED;
  cwd = argv[2];
  cpu_seconds = (rlim_t)atol(argv[3]);
  take_box(argv[1]);
  /* gVisor makes these although nobody asked. */
  umount2("/sys", MNT_DETACH);
  unlink("/dev/fuse");
  unlink("/dev/net/tun");
  if (chown("/dev", SOMEBODY_ELSE, SOMEBODY_ELSE)) die("/dev");
  count_processes(atol(argv[4]));
  DIR *reports = strcmp(argv[5], "-") ? opendir(argv[5]) : NULL;
  ending = mmap(NULL, sizeof *ending, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (ending == MAP_FAILED) die("mmap");
  if (write_all("started\n", 8)) return FAILED;
  pid_t warden = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
  if (warden < 0) die("clone");
  if (warden == 0) {
    if (reports) closedir(reports);
    _exit(watch(argv + 8));
  }
  for (int fd = 0; fd <= STDERR_FILENO; fd++) close(fd);
  while (waitpid(warden, &status, 0) < 0)
    if (errno != EINTR) return FAILED;
  if (!ending->waited) return FAILED;
  say_ended(ending->status, ending->exec_errno);
  collect(reports, atol(argv[6]), (size_t)atol(argv[7]));
  return write_all("done\n", 5) ? FAILED : 0;
}
