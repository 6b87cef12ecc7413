/*
 * Inside a box of bubblewrap: see init.h.
 *
 *   sbxinit UID COLLECT|- MAX_FILES MAX_BYTES target ...
 *
 * UID 0: the target stays who we are, nobody. Otherwise there is no user namespace, we are root with a handful of capabilities,
 * and the target becomes UID.
 */
#include "init.h"
#include <grp.h>
#include <sys/personality.h>

static uid_t target_uid;

static int give_up_root(void) {
  if (!target_uid) return 0;
  for (int capability = 0; capability < 64; capability++) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  return setgroups(0, NULL) || setresgid(target_uid, target_uid, target_uid) || setresuid(target_uid, target_uid, target_uid);
}

int main(int argc, char **argv) {
  int status, exec_errno;
  if (argc < 6) return FAILED;
  target_uid = (uid_t)atol(argv[1]);
  fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC);
  /* Not dumpable: the target can reach neither our memory nor our descriptors through /proc. */
  prctl(PR_SET_DUMPABLE, 0);
  /* Same addresses each time; and AddressSanitizer crashes by itself under 32 bits of randomisation. */
  personality(ADDR_NO_RANDOMIZE);
  if (write_all("started\n", 8)) return FAILED;
  pid_t pid = start(argv + 5, give_up_root, &exec_errno);
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return FAILED;
  say_ended(status, exec_errno);
  /* Nothing of the target may still write while we read what it left, with its own rights. */
  kill(-1, SIGKILL);
  if (give_up_root()) return FAILED;
  if (strcmp(argv[2], "-")) collect(opendir(argv[2]), atol(argv[3]), (size_t)atol(argv[4]));
  return write_all("done\n", 5) ? FAILED : 0;
}
