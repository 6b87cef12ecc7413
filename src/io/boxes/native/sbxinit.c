/*
 * Inside the box: runs the target with address randomisation off and says on descriptor 4, which the target never sees,
 * how it ended. Needed because bwrap folds signals into 128+n, so that `exit 139` and SIGSEGV look the same.
 *
 *   sbxinit COLLECT|- MAX_FILES MAX_BYTES target ...
 *
 * Says: "started\n", then "ended EXIT SIGNAL EXEC_ERRNO\n", then for each collected file "report NAME BYTES\n" and its bytes,
 * then "done\n". When the target kills us, what is missing tells the worker so.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 125, STATUS_FD = 4 };

static int write_all(const char *from, size_t left) {
  while (left) {
    ssize_t n = write(STATUS_FD, from, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return -1;
    from += n;
    left -= (size_t)n;
  }
  return 0;
}

/* Plain names only: a name becomes a line of our protocol and a name in the worker's evidence. */
static int is_plain(const char *name) {
  size_t length = strlen(name);
  return length <= 64 && name[0] != '.' &&
         strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

static void hand_over(int dir, const char *name, size_t max_bytes) {
  /* NOFOLLOW and NONBLOCK: the target may have left a symbolic link or a pipe that nobody writes to. */
  int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat st;
  char *bytes, line[128];
  if (fd < 0) return;
  if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !(bytes = malloc(max_bytes))) {
    close(fd);
    return;
  }
  size_t have = 0;
  for (ssize_t n; have < max_bytes && (n = read(fd, bytes + have, max_bytes - have)) > 0;) have += (size_t)n;
  int length = snprintf(line, sizeof line, "report %s %zu\n", name, have);
  if (write_all(line, (size_t)length) || write_all(bytes, have)) _exit(FAILED);
  free(bytes);
  close(fd);
}

static void collect(const char *path, long max_files, size_t max_bytes) {
  DIR *listing = opendir(path);
  if (!listing) return;
  for (struct dirent *entry; max_files > 0 && (entry = readdir(listing));) {
    if (!is_plain(entry->d_name)) continue;
    hand_over(dirfd(listing), entry->d_name, max_bytes);
    max_files--;
  }
  closedir(listing);
}

static pid_t start(char **argv, int *exec_errno) {
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC)) _exit(FAILED);
  pid_t pid = fork();
  if (pid < 0) _exit(FAILED);
  if (pid == 0) {
    prctl(PR_SET_DUMPABLE, 1);
    setsid();
    execvp(argv[0], argv);
    int why = errno;
    if (write(pipe_fds[1], &why, sizeof why) < 0) _exit(FAILED);
    _exit(127);
  }
  close(pipe_fds[1]);
  *exec_errno = 0;
  if (read(pipe_fds[0], exec_errno, sizeof *exec_errno) < 0) *exec_errno = errno;
  close(pipe_fds[0]);
  return pid;
}

int main(int argc, char **argv) {
  int status, exec_errno;
  char line[128];
  if (argc < 5) return FAILED;
  fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC);
  /* Not dumpable: the target, same uid, can reach neither our memory nor our descriptors through /proc. */
  prctl(PR_SET_DUMPABLE, 0);
  /* Same addresses each time; and AddressSanitizer crashes by itself under 32 bits of randomisation. */
  personality(ADDR_NO_RANDOMIZE);
  if (write_all("started\n", 8)) return FAILED;

  pid_t pid = start(argv + 4, &exec_errno);
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return FAILED;
  int length = snprintf(line, sizeof line, "ended %d %d %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                        WIFSIGNALED(status) ? WTERMSIG(status) : 0, exec_errno);
  if (write_all(line, (size_t)length)) return FAILED;
  /* Nothing of the target may still write while we read what it left. */
  kill(-1, SIGKILL);
  if (strcmp(argv[1], "-")) collect(argv[1], atol(argv[2]), (size_t)atol(argv[3]));
  return write_all("done\n", 5) ? FAILED : 0;
}
