#include "file/sha256.h"

#include "file/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536 }; /* bytes read at a time */

static sg_status no_digest(void) {
    return sg_fail(SG_MEMORY, "SHA-256: libcrypto cannot compute it (no memory, or it is switched off there)");
}

static sg_status finish(EVP_MD_CTX *digest, char text[SG_SHA256_TEXT]) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size;
    if (!EVP_DigestFinal_ex(digest, bytes, &size))
        return no_digest();
    for (unsigned i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return SG_OK;
}

static sg_status digest_bytes(EVP_MD_CTX *digest, const void *data, size_t size, char text[SG_SHA256_TEXT]) {
    if (!digest || !EVP_DigestInit_ex(digest, EVP_sha256(), NULL) || !EVP_DigestUpdate(digest, data, size))
        return no_digest();
    return finish(digest, text);
}

sg_status sg_sha256_bytes(const void *data, size_t size, char text[SG_SHA256_TEXT]) {
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    sg_status status = digest_bytes(digest, data, size, text);
    EVP_MD_CTX_free(digest);
    return status;
}

static sg_status digest_open(EVP_MD_CTX *digest, const char *path, int file, char text[SG_SHA256_TEXT]) {
    unsigned char chunk[CHUNK];
    ssize_t count;
    if (!digest || !EVP_DigestInit_ex(digest, EVP_sha256(), NULL))
        return no_digest();
    while ((count = read(file, chunk, sizeof chunk)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return sg_fail(SG_DATA, "%s: cannot be read: %s", path, strerror(errno));
        if (!EVP_DigestUpdate(digest, chunk, (size_t)count))
            return no_digest();
    }
    return finish(digest, text);
}

sg_status sg_sha256_file(const char *path, char text[SG_SHA256_TEXT]) {
    int file;
    SG_TRY(sg_open_to_read(path, &file));
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    sg_status status = digest_open(digest, path, file, text);
    EVP_MD_CTX_free(digest);
    close(file);
    return status;
}
