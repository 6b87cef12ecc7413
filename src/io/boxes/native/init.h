/*
 * What sbxinit and sbxguest share: run the target, say on descriptor 4, which the target never sees, how it ended, and hand over
 * what it left. Needed because bwrap and runsc fold signals into 128+n, so that `exit 139` and SIGSEGV look the same.
 *
 * Says: "started\n", then "ended EXIT SIGNAL EXEC_ERRNO\n", then for each collected file "report NAME BYTES\n" and its bytes,
 * then "done\n". When the target kills us, what is missing tells the worker so.
 */
#ifndef INIT_H
#define INIT_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void collect(DIR *listing, long max_files, size_t max_bytes) {
  for (struct dirent *entry; listing && max_files > 0 && (entry = readdir(listing));) {
    if (!is_plain(entry->d_name)) continue;
    hand_over(dirfd(listing), entry->d_name, max_bytes);
    max_files--;
  }
}

static void say_ended(int status, int exec_errno) {
  char line[128];
  int length = snprintf(line, sizeof line, "ended %d %d %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                        WIFSIGNALED(status) ? WTERMSIG(status) : 0, exec_errno);
  if (write_all(line, (size_t)length)) _exit(FAILED);
}

/* `become_target`, between fork and exec, gives up what the target must not have; when it cannot, that is no end of the target's. */
static pid_t start(char **argv, int (*become_target)(void), int *exec_errno) {
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC)) _exit(FAILED);
  pid_t pid = fork();
  if (pid < 0) _exit(FAILED);
  if (pid == 0) {
    if (!become_target()) {
      prctl(PR_SET_DUMPABLE, 1);
      setsid();
      execvp(argv[0], argv);
    }
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
#endif
