/*
 * Starts launchers for the worker, for whom a fork means to copy the tables of all its memory: a process that has next to none starts
 * them in a tenth of the time.
 *
 *   sbxspawn WORKER SOCKET
 *
 * Reads requests from descriptor 0: their length in four bytes, little-endian, then words that end in NUL:
 *
 *   TOKEN INPUT|- FILTER|- HAS_STATUS program ...
 *
 * The program runs in a process group of its own and without an environment, with INPUT as descriptor 0, FILTER as 3, and connections to
 * SOCKET as 1, 2 and, when HAS_STATUS is 1, 4; each first says "TOKEN DESCRIPTOR\n". On our descriptor 1 stands "began TOKEN PID\n",
 * PID 0 when it could not be started, and at its end "ended PID\n". When the worker is gone we kill whatever descends from us, and end.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { FAILED = 125, MAX_REQUEST = 4 << 20, MAX_WORDS = 16384, ABOVE = 16, KILL_ROUNDS = 5000, ROUND_US = 1000 };

static char request[MAX_REQUEST + 1];
static char *words[MAX_WORDS + 1];
static struct sockaddr_un worker = {.sun_family = AF_UNIX};
static sigset_t children;

static void die(const char *what) {
  fprintf(stderr, "sbxspawn: %s: %s\n", what, strerror(errno));
  _exit(FAILED);
}

/* Above the five that the program gets, so that none is taken for another while they are put in their places. */
static int above(int fd) {
  int moved = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, ABOVE);
  if (fd >= 0) close(fd);
  return moved;
}

static int reach(int as) {
  char line[128];
  int fd = above(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), length = snprintf(line, sizeof line, "%.96s %d\n", words[0], as);
  if (fd < 0 || connect(fd, (struct sockaddr *)&worker, sizeof worker) || write(fd, line, (size_t)length) != length) die("the worker");
  return fd;
}

static int opened(const char *path) {
  int fd = above(open(strcmp(path, "-") ? path : "/dev/null", O_RDONLY | O_CLOEXEC));
  if (fd < 0) die(path);
  return fd;
}

static void become(void) {
  static char *const nothing[] = {NULL};
  int fds[5];
  sigprocmask(SIG_UNBLOCK, &children, NULL);
  signal(SIGPIPE, SIG_DFL);
  setpgid(0, 0);
  fds[2] = reach(2);
  /* From here on it hears why something failed. */
  if (dup2(fds[2], 2) < 0) die("dup2");
  fds[1] = reach(1);
  fds[4] = words[3][0] == '1' ? reach(4) : opened("-");
  fds[0] = opened(words[1]);
  fds[3] = opened(words[2]);
  for (int fd = 0; fd < 5; fd++)
    if (dup2(fds[fd], fd) < 0) die("dup2");
  execve(words[4], words + 4, nothing);
  die(words[4]);
}

static int read_all(void *to, size_t bytes) {
  for (char *at = to; bytes;) {
    ssize_t n = read(STDIN_FILENO, at, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return -1;
    at += n;
    bytes -= (size_t)n;
  }
  return 0;
}

static int kill_children(void) {
  char name[300], text[512];
  int found = 0;
  DIR *all = opendir("/proc");
  for (struct dirent *entry; all && (entry = readdir(all));) {
    pid_t pid = (pid_t)atoi(entry->d_name), parent;
    if (pid <= 0) continue;
    snprintf(name, sizeof name, "/proc/%s/stat", entry->d_name);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    text[n > 0 ? n : 0] = 0;
    /* A program's name may hold anything, brackets too. */
    char *after = strrchr(text, ')');
    if (!after || sscanf(after, ") %*c %d", &parent) != 1 || parent != getpid()) continue;
    found++;
    kill(pid, SIGKILL);
  }
  if (all) closedir(all);
  return found;
}

/*
 * Each runtime asks to die with its parent, but a process whose parent dies before it could ask is told nothing. It becomes our child
 * instead, and so does all that a dead child leaves behind: round by round nobody is left.
 */
static _Noreturn void end_all(int status) {
  for (int round = 0; round < KILL_ROUNDS && kill_children(); round++) {
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    usleep(ROUND_US);
  }
  _exit(status);
}

static void say(const char *line) {
  size_t left = strlen(line);
  while (left) {
    ssize_t n = write(STDOUT_FILENO, line, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) end_all(FAILED);
    line += n;
    left -= (size_t)n;
  }
}

static void serve(void) {
  char line[160];
  uint32_t length;
  int count = 0;
  if (read_all(&length, sizeof length)) end_all(0);
  if (length > MAX_REQUEST || read_all(request, length)) end_all(FAILED);
  request[length] = 0;
  for (char *at = request; at < request + length && count < MAX_WORDS; at += strlen(at) + 1) words[count++] = at;
  words[count] = NULL;
  if (count < 5) end_all(FAILED);
  pid_t pid = fork();
  if (pid == 0) become();
  /* Here too: whoever hears of it may kill its group at once. */
  if (pid > 0) setpgid(pid, pid);
  snprintf(line, sizeof line, "began %.96s %d\n", words[0], pid < 0 ? 0 : pid);
  say(line);
}

static void bury(int signals) {
  struct signalfd_siginfo told;
  char line[32];
  pid_t pid;
  /* Signals of one kind are told once for several deaths. */
  while (read(signals, &told, sizeof told) < 0 && errno == EINTR) continue;
  while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
    snprintf(line, sizeof line, "ended %d\n", pid);
    say(line);
  }
}

int main(int argc, char **argv) {
  if (argc != 3 || strlen(argv[2]) >= sizeof worker.sun_path) return FAILED;
  /* The end of our input tells of the worker's death. */
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) || signal(SIGPIPE, SIG_IGN) == SIG_ERR || getppid() != atoi(argv[1])) return FAILED;
  strcpy(worker.sun_path, argv[2]);
  if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0)) return FAILED;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  int signals = signalfd(-1, &children, SFD_CLOEXEC);
  if (signals < 0) return FAILED;
  struct pollfd polled[] = {{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}};
  for (;;) {
    if (poll(polled, 2, -1) < 0 && errno != EINTR) end_all(FAILED);
    if (polled[1].revents) bury(signals);
    if (polled[0].revents) serve();
  }
}
