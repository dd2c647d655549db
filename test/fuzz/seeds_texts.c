#include "seeds.h"

#include "file/bytes.h"

#include <string.h>

typedef struct text {
    const char *name, *bytes;
    size_t size;
} text;

/* A seed of a literal, which may hold a 0. */
#define TEXT(name, bytes)                                                                                              \
    { name, bytes, sizeof(bytes) - 1 }

static const text texts[] = {
    TEXT("labels/labels", "\0file,label,group,split\na.bin,cat,ann,train\n\"b.raw\",\"dog, \"\"big\"\"\",bob,test\n"),
    TEXT("labels/cut", "\0# file;class;start_us;end_us\r\n\r\na.bin;3;0;10.5\r\na.bin;1;1e3;2e3\r\n"),
    TEXT("labels/tabs", "\0\xef\xbb\xbf"
                        "path\tlabel\na.bin\t\nb.raw\t7\n"),
    TEXT("labels/slayer", "\1#sample #class\n1\t5\n2\t0\n"),
    TEXT("labels/lost", "\1#sample #class\n1\t5\n\0"
                        "2\t0\n"),
    TEXT("labels/gesture", "\2user01_led.aedat\n\xff"
                           "class,startTime_usec,endTime_usec\n1,0,500\n11,600,5000\n"),
    TEXT("labels/zero", "\0file,label\na.bin,x\n\0b.raw,y\n"),
    TEXT("tables/options", "\x0at,x,-\0"
                           "1,2,3\n4,5,6\n"),
    /* how many arrays; name, kind and axes of each; numbers */
    TEXT("arrays/one", "\3\0\x42\3\1\x42\3\2\x42\3\3\x42\3\0\1\2\3\4\5\6\7\0\1\1\0"),
    TEXT("arrays/first", "\3\0\x42\4\1\x42\4\5\x42\2\4\x42\2\0\2\1\0\0\1\2\3\4\5\6\7"),
    TEXT("arrays/padded", "\2\0\x62\2\3\1\x62\2\3\4\x42\2\1\0\1\2\3\4\5\6\7\1\1\1\1\1\1"),
    TEXT("arrays/rows", "\2\0\x03\2\1\x03\2\4\x42\2\1\2\1\2\0\1\1\2\3\4\5\6"),
    TEXT("arrays/series", "\1\x08\x82\2\3\2\4\x42\2\1\0\1\2\3\4\5\6\7\1\1\1\1\1\1"),
    TEXT("arrays/lengths", "\1\x08\x62\5\2\x09\x42\2\2\3\1\2\3\4\5\6\7\1\1\1"),
    TEXT("arrays/group", "\x0a\0\x42\3\1\x42\3\4\x42\1\5\1\2\3\4\5\6"),
    TEXT("arrays/long", "\2\x0b\x62\xf8\0\1\x62\xf8\0\4\x42\1\0"),
};

void write_texts(void) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(sg_bytes_write(seed_path(texts[i].name), texts[i].bytes, texts[i].size) == SG_OK, texts[i].name);
}
