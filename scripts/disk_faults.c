/* A disk with faults, for one process: LD_PRELOAD this, and name a folder in DISK_FOLDER.
 *
 * Every change of a file below the folder (creation, write, change of length, sync, rename, removal) has a
 * number, from 1 on. The newest one is kept in the file DISK_COUNT.
 *
 *   DISK_FAIL_AT=n    change n is refused with DISK_ERRNO; with DISK_FOR_EVER=1 all after it as well
 *   DISK_CUT_AT=n     the process is killed before change n
 *   DISK_JOURNAL=f    every change that was made is noted in the file f, as disk_model.py reads it
 *
 * Writes to memory that is mapped from a file are not seen: SQLite has only its -shm file mapped, which is
 * made anew after a crash. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { CREATE = 1, WRITE, TRUNCATE, SYNC, SYNC_FOLDER, UNLINK, RENAME };

struct record {
    uint64_t kind, inode, offset, length, path_length;
};

#define REAL(name) ((__typeof__(&name))real(#name))

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *folder;
static size_t folder_length;
static uint64_t *count, fail_at, cut_at;
static int refusal, for_ever, journal = -1;

static void *real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

static uint64_t number(const char *name) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : 0;
}

static int open_ours(const char *name, int flags) {
    const char *path = getenv(name);
    return path ? REAL(open64)(path, flags | O_CLOEXEC, 0600) : -1;
}

static void begin(void) {
    static uint64_t nowhere;
    count = &nowhere;
    folder = getenv("DISK_FOLDER");
    if (!folder) return;
    folder_length = strlen(folder);
    fail_at = number("DISK_FAIL_AT");
    cut_at = number("DISK_CUT_AT");
    refusal = (int)number("DISK_ERRNO");
    for_ever = (int)number("DISK_FOR_EVER");
    journal = open_ours("DISK_JOURNAL", O_WRONLY | O_CREAT | O_APPEND);
    int file = open_ours("DISK_COUNT", O_RDWR | O_CREAT);
    if (file >= 0 && REAL(ftruncate64)(file, sizeof *count) == 0) {
        void *shared = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (shared != MAP_FAILED) count = shared;
    }
}

static int is_below(const char *path) {
    return strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || !path[folder_length]);
}

/* Whether the path at, or relative to, a folder is below ours; its absolute form. */
static int named(int at, const char *path, char *absolute) {
    pthread_once(&once, begin);
    if (!folder) return 0;
    char base[PATH_MAX] = "";
    if (path[0] != '/') {
        char link[64];
        if (at == AT_FDCWD) strcpy(link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, base, sizeof base - 2);
        if (length < 0) return 0;
        base[length] = '/';
    }
    if (snprintf(absolute, PATH_MAX, "%s%s", base, path) >= PATH_MAX) return 0;
    return is_below(absolute);
}

/* Whether the open file is below the folder. */
static int ours(int file) {
    pthread_once(&once, begin);
    if (!folder) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}

/* Numbers a change; 0 if it may be made. To be called with the mutex held. */
static int refused(void) {
    uint64_t now = ++*count;
    if (cut_at && now >= cut_at) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    if (!fail_at || now < fail_at || (now > fail_at && !for_ever)) return 0;
    errno = refusal;
    return 1;
}

static void note(enum kind kind, uint64_t inode, uint64_t offset, const char *path, const void *data,
                 uint64_t length) {
    if (journal < 0) return;
    struct record record = {kind, inode, offset, length, path ? strlen(path) : 0};
    struct iovec parts[] = {
        {&record, sizeof record}, {(void *)path, record.path_length}, {(void *)data, length}};
    size_t whole = sizeof record + record.path_length + length;
    /* A note cut short would make the test lie. */
    if (REAL(writev)(journal, parts, 3) != (ssize_t)whole) abort();
}

static uint64_t inode_of(int file) {
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_ino : 0;
}

static int open_noted(int at, const char *path, int flags, mode_t mode) {
    char absolute[PATH_MAX];
    int changes = flags & (O_CREAT | O_TRUNC) && (flags & O_TMPFILE) != O_TMPFILE;
    if (!changes || !named(at, path, absolute)) return REAL(openat64)(at, path, flags, mode);
    pthread_mutex_lock(&mutex);
    int is_new = faccessat(at, path, F_OK, 0) != 0;
    int opened = -1;
    if (!(is_new || flags & O_TRUNC) || !refused()) {
        opened = REAL(openat64)(at, path, flags, mode);
        if (opened >= 0 && is_new) note(CREATE, inode_of(opened), 0, absolute, NULL, 0);
        else if (opened >= 0 && flags & O_TRUNC) note(TRUNCATE, inode_of(opened), 0, NULL, NULL, 0);
    }
    pthread_mutex_unlock(&mutex);
    return opened;
}

static mode_t mode_of(int flags, va_list arguments) {
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name, parameters, at)                     \
    int name parameters {                              \
        va_list arguments;                             \
        va_start(arguments, flags);                    \
        mode_t mode = mode_of(flags, arguments);       \
        va_end(arguments);                             \
        return open_noted(at, path, flags, mode);      \
    }

OPEN(open, (const char *path, int flags, ...), AT_FDCWD)
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD)
OPEN(openat, (int at, const char *path, int flags, ...), at)
OPEN(openat64, (int at, const char *path, int flags, ...), at)

/* `result` if the change of an open file may be made and was; `changed` then notes it. */
#define CHANGE(file, type, call, failed, changed)     \
    if (!ours(file)) return call;                     \
    pthread_mutex_lock(&mutex);                       \
    type result = failed;                             \
    if (!refused()) {                                 \
        result = call;                                \
        changed;                                      \
    }                                                 \
    pthread_mutex_unlock(&mutex);                     \
    return result

#define NOTE_WRITE(at) \
    if (result > 0) note(WRITE, inode_of(file), (uint64_t)(at), NULL, data, (uint64_t)result)

ssize_t write(int file, const void *data, size_t length) {
    /* The position is behind what was written, wherever that went. */
    CHANGE(file, ssize_t, REAL(write)(file, data, length), -1, NOTE_WRITE(lseek64(file, 0, SEEK_CUR) - result));
}

ssize_t pwrite(int file, const void *data, size_t length, off_t offset) {
    CHANGE(file, ssize_t, REAL(pwrite)(file, data, length, offset), -1, NOTE_WRITE(offset));
}

ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset) {
    CHANGE(file, ssize_t, REAL(pwrite64)(file, data, length, offset), -1, NOTE_WRITE(offset));
}

/* Where these change something that is not noted, the model would be wrong: nobody here uses them. */
static ssize_t never(int file) {
    if (ours(file) && journal >= 0) abort();
    return ours(file);
}

ssize_t writev(int file, const struct iovec *parts, int count_of) {
    return never(file) ? (errno = ENOSYS, -1) : REAL(writev)(file, parts, count_of);
}

ssize_t pwritev(int file, const struct iovec *parts, int count_of, off_t offset) {
    return never(file) ? (errno = ENOSYS, -1) : REAL(pwritev)(file, parts, count_of, offset);
}

#define NOTE_LENGTH(length) \
    if (result == 0) note(TRUNCATE, inode_of(file), (uint64_t)(length), NULL, NULL, 0)

int ftruncate(int file, off_t length) {
    CHANGE(file, int, REAL(ftruncate)(file, length), -1, NOTE_LENGTH(length));
}

int ftruncate64(int file, off64_t length) {
    CHANGE(file, int, REAL(ftruncate64)(file, length), -1, NOTE_LENGTH(length));
}

/* Reserving room changes at most the length. */
#define NOTE_ROOM                                                        \
    struct stat status;                                                  \
    if (result == 0 && fstat(file, &status) == 0) NOTE_LENGTH(status.st_size)

int fallocate(int file, int mode, off_t offset, off_t length) {
    CHANGE(file, int, REAL(fallocate)(file, mode, offset, length), -1, NOTE_ROOM);
}

int fallocate64(int file, int mode, off64_t offset, off64_t length) {
    CHANGE(file, int, REAL(fallocate64)(file, mode, offset, length), -1, NOTE_ROOM);
}

int posix_fallocate(int file, off_t offset, off_t length) {
    CHANGE(file, int, REAL(posix_fallocate)(file, offset, length), errno, NOTE_ROOM);
}

/* Of our files nothing is really synced: what a power cut leaves is for the model to say, and it is faster. */
static int sync_noted(int (*sync)(int), int file) {
    if (!ours(file)) return sync(file);
    pthread_mutex_lock(&mutex);
    int result = refused() ? -1 : 0;
    struct stat status;
    if (result == 0 && fstat(file, &status) == 0)
        note(S_ISDIR(status.st_mode) ? SYNC_FOLDER : SYNC, status.st_ino, 0, NULL, NULL, 0);
    pthread_mutex_unlock(&mutex);
    return result;
}

int fsync(int file) { return sync_noted(REAL(fsync), file); }
int fdatasync(int file) { return sync_noted(REAL(fdatasync), file); }

static int unlink_noted(int at, const char *path, int flags) {
    char absolute[PATH_MAX];
    if (flags & AT_REMOVEDIR || !named(at, path, absolute)) return REAL(unlinkat)(at, path, flags);
    pthread_mutex_lock(&mutex);
    int result = -1;
    /* Nothing changes where nothing is. */
    if (faccessat(at, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0 || !refused()) {
        result = REAL(unlinkat)(at, path, flags);
        if (result == 0) note(UNLINK, 0, 0, absolute, NULL, 0);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

int unlink(const char *path) { return unlink_noted(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return unlink_noted(at, path, flags); }

static int rename_noted(int at, const char *path, int to_at, const char *to, unsigned flags) {
    char absolute[PATH_MAX], to_absolute[PATH_MAX];
    if (!named(at, path, absolute) || !named(to_at, to, to_absolute))
        return REAL(renameat2)(at, path, to_at, to, flags);
    pthread_mutex_lock(&mutex);
    int result = -1;
    if (!refused()) {
        result = REAL(renameat2)(at, path, to_at, to, flags);
        if (result == 0) note(RENAME, 0, 0, absolute, to_absolute, strlen(to_absolute));
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

int rename(const char *path, const char *to) { return rename_noted(AT_FDCWD, path, AT_FDCWD, to, 0); }
int renameat(int at, const char *path, int to_at, const char *to) {
    return rename_noted(at, path, to_at, to, 0);
}
int renameat2(int at, const char *path, int to_at, const char *to, unsigned flags) {
    return rename_noted(at, path, to_at, to, flags);
}
