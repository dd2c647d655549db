#include "base/intern.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CHAINS = 256 };

typedef struct entry {
    struct entry *next;
    char text[];
} entry;

static entry *chains[CHAINS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* FNV-1a. */
static size_t chain_of(const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash % CHAINS;
}

/* The entry of a text in a chain, made if there is none; NULL if there is no memory. The lock is held. */
static entry *find_or_add(entry **chain, const char *text) {
    for (entry *e = *chain; e; e = e->next)
        if (strcmp(e->text, text) == 0)
            return e;
    size_t size = strlen(text) + 1;
    entry *e = malloc(sizeof *e + size);
    if (!e)
        return NULL;
    memcpy(e->text, text, size);
    e->next = *chain;
    *chain = e;
    return e;
}

const char *sg_intern(const char *text) {
    pthread_mutex_lock(&lock);
    const entry *e = find_or_add(&chains[chain_of(text)], text);
    pthread_mutex_unlock(&lock);
    if (!e)
        sg_fail(SG_MEMORY, "no memory for a setting");
    return e ? e->text : NULL;
}
