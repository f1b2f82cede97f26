/* Preloaded into a process, ends it with SIGKILL right after a chosen change of the file system:
 *
 *   STEPPE_DIE_AT=n     after the nth of these calls: files and folders made, written, synced,
 * renamed, removed STEPPE_DIE_TORN=1   when it is a write, only half of its bytes get through
 *
 * Children of the process live: the preload is not handed on. Printing does not count. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
static long die_at;
static int torn;

__attribute__((constructor)) static void begin(void) {
  const char* at = getenv("STEPPE_DIE_AT");
  const char* half = getenv("STEPPE_DIE_TORN");
  die_at = at ? atol(at) : 0;
  torn = half && *half == '1';
  unsetenv("LD_PRELOAD");
}

/* Whether the call that is about to be made is the last one. */
static int last(void) { return die_at > 0 && atomic_fetch_add(&calls, 1) + 1 == die_at; }

static void die(void) { kill(getpid(), SIGKILL); }

#define REAL(name) (__extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name))
#define CHANGE(name, parameters, arguments)  \
  int name parameters {                      \
    const int chosen = last();               \
    const int result = REAL(name) arguments; \
    if (chosen) die();                       \
    return result;                           \
  }

CHANGE(fsync, (int file), (file))
CHANGE(rename, (const char* from, const char* to), (from, to))
CHANGE(unlink, (const char* path), (path))
CHANGE(mkdir, (const char* path, mode_t mode), (path, mode))
CHANGE(mkstemp, (char* path), (path))
CHANGE(remove, (const char* path), (path))
CHANGE(link, (const char* from, const char* to), (from, to))

ssize_t write(int file, const void* bytes, size_t count) {
  if (file <= STDERR_FILENO) return REAL(write)(file, bytes, count);
  const int chosen = last();
  const ssize_t result = REAL(write)(file, bytes, chosen && torn ? count / 2 : count);
  if (chosen) die();
  return result;
}

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  const int chosen = flags & O_CREAT && last();
  const int result = REAL(open)(path, flags, mode);
  if (chosen) die();
  return result;
}
