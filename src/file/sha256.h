/* SHA-256, as text of 64 hexadecimal digits. */
#ifndef SG_FILE_SHA256_H
#define SG_FILE_SHA256_H

#include "base/status.h"

#define SG_SHA256_TEXT 65 /* bytes, with the 0 */

void sg_sha256_bytes(const void *data, size_t size, char text[SG_SHA256_TEXT]);

/* Of a file as it is, packed or not. SG_DATA if it cannot be read. */
sg_status sg_sha256_file(const char *path, char text[SG_SHA256_TEXT]);

#endif
