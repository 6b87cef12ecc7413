/*
 * In a box that has a door, before the target: a port of the box's own loopback that leads to the one socket in it, so that a program
 * that knows of nothing but URLs finds the way.
 *
 *   sbxbridge SOCKET PORT target ...
 *
 * The target takes this process over, and with it how it ends; the bridge is nobody's child and dies with the box. It is the target's
 * own: whoever breaks it breaks their own way out.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 125, PAIRS = 64, ROOM = 16384 };

/* From one end of a pair to the other: what was read and not yet written. */
struct half {
  size_t at, end;
  int shut;
  char bytes[ROOM];
};
static struct pair {
  int is_open, fd[2];
  struct half half[2];
} pairs[PAIRS];
static struct sockaddr_un door = {.sun_family = AF_UNIX};

static void die(const char *what) {
  fprintf(stderr, "sbxbridge: %s: %s\n", what, strerror(errno));
  _exit(FAILED);
}

static void drop(struct pair *p) {
  close(p->fd[0]);
  close(p->fd[1]);
  p->is_open = 0;
}

static void take(int listener) {
  int from = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (from < 0) return;
  int to = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (to < 0 || connect(to, (struct sockaddr *)&door, sizeof door)) {
    close(from);
    if (to >= 0) close(to);
    return;
  }
  for (struct pair *p = pairs; p < pairs + PAIRS; p++)
    if (!p->is_open) {
      p->is_open = 1;
      p->fd[0] = from;
      p->fd[1] = to;
      for (int i = 0; i < 2; i++) p->half[i].at = p->half[i].end = 0, p->half[i].shut = 0;
      return;
    }
}

/* Moves what can be moved from end `i` on; -1 when the pair is of no more use. */
static int move(struct pair *p, int i) {
  struct half *h = &p->half[i];
  if (h->at == h->end && !h->shut) {
    ssize_t n = recv(p->fd[i], h->bytes, ROOM, MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    h->at = 0;
    h->end = (size_t)n;
    if (n == 0) {
      h->shut = 1;
      shutdown(p->fd[1 - i], SHUT_WR);
    }
  }
  if (h->at < h->end) {
    ssize_t n = send(p->fd[1 - i], h->bytes + h->at, h->end - h->at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    h->at += (size_t)n;
  }
  return 0;
}

static void bridge(int listener) {
  struct pollfd polled[1 + 2 * PAIRS];
  struct pair *whose[1 + 2 * PAIRS];
  for (;;) {
    nfds_t n = 0;
    int room = 0;
    for (struct pair *p = pairs; p < pairs + PAIRS; p++) {
      room |= !p->is_open;
      /* An end of which nothing is wanted is not looked at: its hang-up would be told again and again. */
      for (int i = 0; p->is_open && i < 2; i++) {
        struct half *in = &p->half[i], *out = &p->half[1 - i];
        short events = (short)((in->at == in->end && !in->shut ? POLLIN : 0) | (out->at < out->end ? POLLOUT : 0));
        if (!events) continue;
        whose[n] = p;
        polled[n++] = (struct pollfd){p->fd[i], events, 0};
      }
    }
    if (room) polled[n] = (struct pollfd){listener, POLLIN, 0};
    if (poll(polled, n + (nfds_t)room, -1) < 0 && errno != EINTR) _exit(FAILED);
    if (room && polled[n].revents) take(listener);
    for (nfds_t k = 0; k < n; k++) {
      struct pair *p = whose[k];
      if (!polled[k].revents || !p->is_open) continue;
      if (move(p, 0) || move(p, 1) || (p->half[0].shut && p->half[1].shut)) drop(p);
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 4 || strlen(argv[1]) >= sizeof door.sun_path) return FAILED;
  strcpy(door.sun_path, argv[1]);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2]))};
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
  if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)) die("socket");
  if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, PAIRS)) die("the box's own loopback");
  pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    /* Twice, so that whoever waits for its children waits for no bridge. */
    if (fork()) _exit(0);
    setsid();
    for (int fd = 0; fd <= STDERR_FILENO; fd++) close(fd);
    bridge(listener);
  }
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  execvp(argv[3], argv + 3);
  die(argv[3]);
}
