/* Makes the k-th I/O call of a process fail, once or from then on, as told through a small shared file (see
 * io_fault_test.py). Built by the test with cc, loaded by LD_PRELOAD. Only calls on files below a folder (or on sockets,
 * for send and recv) are counted, and only while armed, so that a server can start in peace.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct control {
  _Atomic int64_t armed;  /* 0: count nothing */
  _Atomic int64_t calls;  /* bit set of enum call: which kinds count */
  _Atomic int64_t k;      /* the k-th counted call fails, from 1 */
  _Atomic int64_t on;     /* 1: and all after it */
  _Atomic int64_t error;  /* errno to give */
  _Atomic int64_t count;  /* counted so far */
  _Atomic int64_t fired;  /* failed so far */
};
enum call { WRITE = 1, SYNC = 2, OPEN = 4, RENAME = 8, SEND = 16, RECV = 32, TRUNCATE = 64 };

static struct control* control;
static char folder[PATH_MAX];

__attribute__((constructor)) static void start(void) {
  const char* path = getenv("ORGO_FAULT_CONTROL");
  const char* below = getenv("ORGO_FAULT_FOLDER");
  if (!path || !below) return;
  strncpy(folder, below, sizeof(folder) - 1);
  int (*real_open)(const char*, int, ...) = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open");
  const int file = real_open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* memory = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory != MAP_FAILED) control = memory;
}

/* 1: this call fails now. */
static int due(enum call call) {
  if (!(atomic_load(&control->calls) & call)) return 0;
  const int64_t number = atomic_fetch_add(&control->count, 1) + 1;
  const int64_t k = atomic_load(&control->k);
  if (number < k || (number > k && !atomic_load(&control->on))) return 0;
  atomic_fetch_add(&control->fired, 1);
  errno = (int)atomic_load(&control->error);
  return 1;
}
static int armed(void) { return control && atomic_load(&control->armed); }
static int path_counts(const char* path) { return path && strncmp(path, folder, strlen(folder)) == 0; }
static int file_counts(int file) {
  char link[64], target[PATH_MAX];
  /* snprintf is not safe everywhere we may be called from; this is. */
  char* at = link;
  memcpy(at, "/proc/self/fd/", 14);
  at += 14;
  char digits[16];
  int n = 0;
  do digits[n++] = (char)('0' + file % 10); while ((file /= 10) > 0);
  while (n > 0) *at++ = digits[--n];
  *at = 0;
  const ssize_t length = readlink(link, target, sizeof(target) - 1);
  if (length <= 0) return 0;
  target[length] = 0;
  return path_counts(target);
}
#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int f, const void* b, size_t n) {
  REAL(ssize_t, "write", int, const void*, size_t);
  return armed() && file_counts(f) && due(WRITE) ? -1 : real(f, b, n);
}
ssize_t pwrite(int f, const void* b, size_t n, off_t o) {
  REAL(ssize_t, "pwrite", int, const void*, size_t, off_t);
  return armed() && file_counts(f) && due(WRITE) ? -1 : real(f, b, n, o);
}
ssize_t pwrite64(int f, const void* b, size_t n, off64_t o) {
  REAL(ssize_t, "pwrite64", int, const void*, size_t, off64_t);
  return armed() && file_counts(f) && due(WRITE) ? -1 : real(f, b, n, o);
}
ssize_t writev(int f, const struct iovec* v, int n) {
  REAL(ssize_t, "writev", int, const struct iovec*, int);
  return armed() && file_counts(f) && due(WRITE) ? -1 : real(f, v, n);
}
ssize_t pwritev(int f, const struct iovec* v, int n, off_t o) {
  REAL(ssize_t, "pwritev", int, const struct iovec*, int, off_t);
  return armed() && file_counts(f) && due(WRITE) ? -1 : real(f, v, n, o);
}
int fsync(int f) {
  REAL(int, "fsync", int);
  return armed() && file_counts(f) && due(SYNC) ? -1 : real(f);
}
int fdatasync(int f) {
  REAL(int, "fdatasync", int);
  return armed() && file_counts(f) && due(SYNC) ? -1 : real(f);
}
int ftruncate(int f, off_t n) {
  REAL(int, "ftruncate", int, off_t);
  return armed() && file_counts(f) && due(TRUNCATE) ? -1 : real(f, n);
}
int ftruncate64(int f, off64_t n) {
  REAL(int, "ftruncate64", int, off64_t);
  return armed() && file_counts(f) && due(TRUNCATE) ? -1 : real(f, n);
}
int fallocate(int f, int m, off_t o, off_t n) {
  REAL(int, "fallocate", int, int, off_t, off_t);
  return armed() && file_counts(f) && due(TRUNCATE) ? -1 : real(f, m, o, n);
}
int fallocate64(int f, int m, off64_t o, off64_t n) {
  REAL(int, "fallocate64", int, int, off64_t, off64_t);
  return armed() && file_counts(f) && due(TRUNCATE) ? -1 : real(f, m, o, n);
}
#define OPEN_MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); }
int open(const char* p, int flags, ...) {
  REAL(int, "open", const char*, int, ...);
  OPEN_MODE(flags)
  return armed() && path_counts(p) && due(OPEN) ? -1 : real(p, flags, mode);
}
int open64(const char* p, int flags, ...) {
  REAL(int, "open64", const char*, int, ...);
  OPEN_MODE(flags)
  return armed() && path_counts(p) && due(OPEN) ? -1 : real(p, flags, mode);
}
int openat(int d, const char* p, int flags, ...) {
  REAL(int, "openat", int, const char*, int, ...);
  OPEN_MODE(flags)
  return armed() && path_counts(p) && due(OPEN) ? -1 : real(d, p, flags, mode);
}
int rename(const char* a, const char* b) {
  REAL(int, "rename", const char*, const char*);
  return armed() && path_counts(b) && due(RENAME) ? -1 : real(a, b);
}
ssize_t send(int f, const void* b, size_t n, int flags) {
  REAL(ssize_t, "send", int, const void*, size_t, int);
  return armed() && due(SEND) ? -1 : real(f, b, n, flags);
}
ssize_t sendmsg(int f, const struct msghdr* m, int flags) {
  REAL(ssize_t, "sendmsg", int, const struct msghdr*, int);
  return armed() && due(SEND) ? -1 : real(f, m, flags);
}
ssize_t recv(int f, void* b, size_t n, int flags) {
  REAL(ssize_t, "recv", int, void*, size_t, int);
  return armed() && due(RECV) ? -1 : real(f, b, n, flags);
}
ssize_t recvmsg(int f, struct msghdr* m, int flags) {
  REAL(ssize_t, "recvmsg", int, struct msghdr*, int);
  return armed() && due(RECV) ? -1 : real(f, m, flags);
}
