#include "file/h5_detail.h"

#include <stddef.h>
#include <sys/prctl.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) && !defined(SURGRAD_SANITIZED)

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(field)  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define ALLOW        RETURN(SECCOMP_RET_ALLOW)
#define REFUSE       RETURN(SECCOMP_RET_ERRNO | EPERM)
/* Goes on with the next instruction, or past it. */
#define IF_CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1)

/* Memory, its own end, and nothing else: no file, no network, no other process, no code that was not there. What is
 * refused fails with EPERM. Of the third argument of mmap and mprotect, the low word holds the protection. */
static const struct sock_filter rules[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    IF_CALL(brk),
    ALLOW,
    IF_CALL(munmap),
    ALLOW,
    IF_CALL(mremap),
    ALLOW,
    IF_CALL(madvise),
    ALLOW,
    IF_CALL(futex),
    ALLOW,
    IF_CALL(rt_sigreturn),
    ALLOW,
    IF_CALL(rt_sigprocmask),
    ALLOW,
    IF_CALL(getpid),
    ALLOW,
    IF_CALL(gettid),
    ALLOW,
    IF_CALL(exit),
    ALLOW,
    IF_CALL(exit_group),
    ALLOW,
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 1, 0),
    REFUSE,
    LOAD(args[2]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
    REFUSE,
    ALLOW,
};

void sg_h5_lock_in(void) {
    struct sock_fprog program = {sizeof rules / sizeof *rules, (struct sock_filter *)rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program); /* a kernel without filters leaves the limits */
}

#else

void sg_h5_lock_in(void) {}

#endif
