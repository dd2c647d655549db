/* A small file of each format of recordings, written byte by byte from the formats' descriptions, with what a reader
 * must find in it. */
#ifndef TEST_SMALL_RECORDINGS_H
#define TEST_SMALL_RECORDINGS_H

#include "recording/recording.h"

#include <lz4frame.h>
#include <zstd.h>

#include <stdio.h>
#include <string.h>

typedef struct written {
    uint8_t bytes[8192];
    size_t size;
} written;

/* ------------------------------------------------------------------------------------------------------ the writing */

static void add_bytes(written *to, const void *bytes, size_t size) {
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

static void add_text(written *to, const char *text) {
    add_bytes(to, text, strlen(text));
}

/* An integer of `size` bytes, lowest byte first. */
static void add_le(written *to, uint64_t value, int size) {
    for (int i = 0; i < size; i++)
        to->bytes[to->size++] = (uint8_t)(value >> 8 * i);
}

/* Highest byte first. */
static void add_be(written *to, uint64_t value, int size) {
    for (int i = size - 1; i >= 0; i--)
        to->bytes[to->size++] = (uint8_t)(value >> 8 * i);
}

static void write_nmnist(written *to) {
    add_be(to, 0x0702800102, 5); /* x 7, y 2, on, 258 us */
    add_be(to, 0xffef7fffff, 5); /* x 255, y 239, off, 2^23 - 1 us */
    add_be(to, 0x00f0000005, 5); /* times are 2^13 us later from here on */
    add_be(to, 0x0100800000, 5);
    add_be(to, 0x00f0000000, 5); /* and once more */
    add_be(to, 0x0201000001, 5);
}

static void write_slayer_1d(written *to) {
    add_be(to, 0x0102800003, 5); /* neuron 258, 3 us, on */
    add_be(to, 0xffff7fffff, 5);
    add_be(to, 0x0000000000, 5);
}

static void write_slayer_3d(written *to) {
    add_be(to, 0xabc12301000102, 7); /* x 0xabc, y 0x123, channel 1, 258 us */
    add_be(to, 0x00000000ffffff, 7);
    add_be(to, 0xfffffffe000000, 7);
}

/* DVS128: bits 14-8 y, 7-1 x, bit 0 is 1 for off, bit 15 no event. jAER counts from the lower right. */
static void write_aedat1(written *to) {
    add_text(to, "#!AER-DAT1.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n");
    add_be(to, 0x0000000000ff, 6); /* lower right: (127, 127), on */
    add_be(to, 0x7fff00000100, 6); /* upper left, off */
    add_be(to, 0x800000000101, 6); /* a signal from outside */
    add_be(to, 0x010400000080, 6); /* y 1, x 2, on, a step back in time */
}

/* DAVIS: bit 31 a frame, bits 30-22 y, 21-12 x, 11 on, 10 a signal from outside. Its times turn. */
static void write_aedat2(written *to) {
    add_text(to, "#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.Davis346red\r\n#<?xml \xc3\xa9?>\r\n#\r\n");
    add_be(to, (uint64_t)(0u << 22 | 0u << 12 | 1u << 11) << 32 | 0xfffffff0, 8);
    add_be(to, (uint64_t)(259u << 22 | 345u << 12) << 32 | 0xfffffff8, 8);
    add_be(to, (uint64_t)(1u << 31 | 5u) << 32 | 0xfffffff9, 8);
    add_be(to, (uint64_t)(1u << 22 | 1u << 10) << 32 | 0xfffffffa, 8);
    add_be(to, (uint64_t)(1u << 22 | 346u << 12) << 32 | 0xfffffffb, 8); /* beyond the sensor */
    add_be(to, (uint64_t)(2u << 22 | 3u << 12 | 1u << 11) << 32 | 0x00000004, 8);
    add_be(to, (uint64_t)(2u << 22 | 4u << 12 | 1u << 11) << 32 | 0xfffffffe, 8); /* from before the turn */
}

static void add_packet_3(written *to, int type, uint32_t size, uint32_t turns, uint32_t count) {
    add_le(to, (uint64_t)type, 2);
    add_le(to, 1, 2);
    add_le(to, size, 4);
    add_le(to, 4, 4);
    add_le(to, turns, 4);
    add_le(to, count + 3, 4); /* capacity: not what is there */
    add_le(to, count, 4);
    add_le(to, count, 4);
}

static void add_event_3(written *to, uint32_t x, uint32_t y, unsigned on, unsigned valid, uint32_t time) {
    add_le(to, x << 17 | y << 2 | on << 1 | valid, 4);
    add_le(to, time, 4);
}

static void write_aedat3(written *to) {
    add_text(to, "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#Start-Time: 2016-02-17 11:10:00\r\n"
                 "#!END-HEADER\r\n");
    add_packet_3(to, 0, 8, 0, 1); /* special */
    add_le(to, 0x0123456789abcdef, 8);
    add_packet_3(to, 1, 8, 0, 3);
    add_event_3(to, 127, 0, 1, 1, 1000);
    add_event_3(to, 1, 2, 0, 0, 1001); /* not valid */
    add_event_3(to, 128, 0, 1, 1, 1002);
    add_packet_3(to, 2, 36, 0, 2); /* frames */
    for (int i = 0; i < 72; i++)
        add_le(to, 0x23, 1);
    add_packet_3(to, 1, 8, 2, 1);
    add_event_3(to, 3, 127, 0, 1, 0x7fffffff);
    add_packet_3(to, 1, 8, 2, 0);
}

/* A table at byte 20 of which the fields stand at byte 8. */
static void add_header_4(written *to, int compression, uint64_t table_at) {
    static const char xml[] = "<dv version=\"2.0\"><node name=\"outInfo\" path=\"/a/\">"
                              "<node name=\"0\"><attr key=\"typeIdentifier\" type=\"string\">IMUS</attr></node>"
                              "<node name=\"3\"><attr key=\"typeIdentifier\" type=\"string\">EVTS</attr>"
                              "<node name=\"info\"><attr key=\"sizeX\" type=\"int\">320</attr>\n"
                              "<attr key=\"sizeY\" type=\"int\">240</attr></node></node></node></dv>";
    const uint16_t offsets[] = {10, 20, 4, 12, 8};
    add_text(to, "#!AER-DAT4.0\r\n");
    add_le(to, 44 + sizeof xml, 4);
    add_le(to, 20, 4);
    add_text(to, "IOHE");
    for (int i = 0; i < 5; i++)
        add_le(to, offsets[i], 2);
    add_le(to, 0, 2);
    add_le(to, 12, 4);
    add_le(to, (uint64_t)compression, 4);
    add_le(to, 12, 4);
    add_le(to, table_at, 8);
    add_le(to, sizeof xml - 1, 4);
    add_bytes(to, xml, sizeof xml);
}

static void add_event_4(written *to, uint64_t us, int x, int y, int on) {
    add_le(to, us, 8);
    add_le(to, (uint64_t)x, 2);
    add_le(to, (uint64_t)y, 2);
    add_le(to, (uint64_t)on, 4);
}

/* A packet's content: fields at byte 12, table at 20, vector at 28; without fields there is no vector. */
static void make_events_4(written *to, uint32_t count) {
    to->size = 0;
    add_le(to, count ? 28 + 16 * count : 20, 4);
    add_le(to, 16, 4);
    add_text(to, "EVTS");
    add_le(to, count ? 6 : 4, 2);
    add_le(to, 8, 2);
    add_le(to, count ? 4 : 0, 2);
    add_le(to, 0, 2);
    add_le(to, 8, 4);
    if (!count)
        return;
    add_le(to, 4, 4);
    add_le(to, count, 4);
}

/* Compression 0: none, 1: LZ4, 3: ZSTD. */
static void add_packet_4(written *to, int stream, int compression, const written *content) {
    uint8_t packed[4096];
    size_t size = content->size;
    if (compression == 0)
        memcpy(packed, content->bytes, size);
    else if (compression == 1)
        size = LZ4F_compressFrame(packed, sizeof packed, content->bytes, size, NULL);
    else
        size = ZSTD_compress(packed, sizeof packed, content->bytes, size, 3);
    add_le(to, (uint64_t)stream, 4);
    add_le(to, size, 4);
    add_bytes(to, packed, size);
}

static void write_packets_4(written *to, int compression) {
    static written content;
    content.size = 0;
    add_text(&content, "something else, of another type");
    add_packet_4(to, 0, compression, &content);
    make_events_4(&content, 4);
    add_event_4(&content, 1605537493718345, 319, 239, 1);
    add_event_4(&content, 1605537493718346, 320, 0, 1);
    add_event_4(&content, 1605537493718347, -1, 0, 1);
    add_event_4(&content, 1605537493718348, 0, 7, 0);
    add_packet_4(to, 3, compression, &content);
    make_events_4(&content, 0);
    add_packet_4(to, 3, compression, &content);
    make_events_4(&content, 1);
    add_event_4(&content, 1605537493718000, 5, 6, 1);
    add_packet_4(to, 3, compression, &content);
}

/* With a table at the end, whose place is told; or without. */
static void write_aedat4(written *to, int compression, bool has_table) {
    add_header_4(to, compression, UINT64_MAX);
    write_packets_4(to, compression);
    if (!has_table)
        return;
    const size_t table_at = to->size;
    to->size = 0;
    add_header_4(to, compression, table_at);
    write_packets_4(to, compression);
    add_text(to, "the table of what is where");
}

static void write_aedat4_plain(written *to) {
    write_aedat4(to, 0, false);
}

static void write_aedat4_lz4(written *to) {
    write_aedat4(to, 1, true);
}

static void write_aedat4_zstd(written *to) {
    write_aedat4(to, 3, true);
}

static void add_event_dat(written *to, uint32_t us, uint32_t x, uint32_t y, uint32_t on) {
    add_le(to, us, 4);
    add_le(to, on << 28 | y << 14 | x, 4);
}

static void add_events_dat(written *to) {
    add_event_dat(to, 0xfffffff0, 1279, 719, 1);
    add_event_dat(to, 0xffffffe0, 0, 0, 0);
    add_event_dat(to, 5, 300, 400, 1); /* after a turn */
}

static void write_dat(written *to) {
    add_text(to, "% Data file containing CD events.\n% Version 2\n% Date 2020-01-01\n% Height 720\n% Width 1280\n");
    add_le(to, 12, 1);
    add_le(to, 8, 1);
    add_events_dat(to);
    add_event_dat(to, 6, 1280, 0, 1); /* beyond the sensor */
}

static void write_dat_bare(written *to) {
    add_events_dat(to);
}

static void add_evt2(written *to, uint32_t type, uint32_t time, uint32_t x, uint32_t y) {
    add_le(to, type << 28 | time << 22 | x << 11 | y, 4);
}

static void write_evt2(written *to) {
    add_text(to, "% camera_integrator_name Prophesee\n% format EVT2;height=480;width=640\n% end\n");
    add_evt2(to, 1, 3, 1, 1); /* before the first word of time */
    add_le(to, 0x8ffffffe, 4);
    add_evt2(to, 1, 63, 639, 479);
    add_evt2(to, 0, 0, 0, 0);
    add_evt2(to, 10, 0, 0, 1); /* a trigger */
    add_evt2(to, 1, 1, 640, 0);
    add_le(to, 0x80000001, 4); /* after a turn */
    add_evt2(to, 0, 1, 2, 3);
    add_evt2(to, 14, 0, 0, 0);
}

static void add_evt21(written *to, bool upper_first, uint32_t upper, uint32_t lower) {
    add_le(to, upper_first ? upper : lower, 4);
    add_le(to, upper_first ? lower : upper, 4);
}

static void add_events_21(written *to, bool upper_first) {
    add_evt21(to, upper_first, 1u << 28 | 3, 7); /* 3 events before the first word of time */
    add_evt21(to, upper_first, 0x80000010, 0);
    add_evt21(to, upper_first, 1u << 28 | 5u << 22 | 32u << 11 | 9, 0x80000001); /* 5 us, x 32, y 9: x 32 and 63 */
    add_evt21(to, upper_first, 0u << 28 | 6u << 22 | 1248u << 11 | 719, 2);
    add_evt21(to, upper_first, 10u << 28, 0x44444444); /* a trigger */
    add_evt21(to, upper_first, 1u << 28 | 6u << 22 | 1280u << 11 | 1, 1);
    add_evt21(to, upper_first, 1u << 28, 0); /* no valid event */
}

static void write_evt21(written *to) {
    add_text(to, "% evt 2.1\n% geometry 1280x720\n% sensor_name GenX\n");
    add_events_21(to, false);
}

static void write_evt21_legacy(written *to) {
    add_text(to, "% evt 2.1\n% format EVT21;height=720;width=1280;endianness=legacy\n% end\n");
    add_events_21(to, true);
}

/* The order of halves is not told, but can be seen. */
static void write_evt21_old(written *to) {
    add_text(to, "% evt 2.1\n% geometry 1280x720\n");
    add_events_21(to, true);
}

static void write_evt3(written *to) {
    add_text(to, "% date 2024-01-01\n% evt 3.0\n% format EVT3;height=720;width=1280\n% geometry 1280x720\n% end\n");
    const uint16_t words[] = {
        0x0001, 0x2801, 0x3801, 0x4003, /* 1 + 2 events before the first word of time */
        0x8ffe, 0x6123,                 /* 0xffe123 us */
        0x02cf, 0x2cff,                 /* y 719, x 1279 on */
        0x0005, 0x3864, 0x4801, 0x5f81, /* y 5, x 100 on: 100, 111; x 112: 112, 119 */
        0x4002,                         /* x 120: 121 */
        0x8ffe, 0x2002,                 /* repeated: nothing changes. x 2 off */
        0x8fff, 0x2003,                 /* the lower bits begin at 0 */
        0x6fff, 0x2004,                 /* 0xffffff us */
        0x8000, 0x2005,                 /* after a turn */
        0xa001, 0xe000, 0x7000,         /* a trigger, other data */
        0x02d0, 0x2801,                 /* y 720: beyond the sensor */
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        add_le(to, words[i], 2);
}

static void write_event_stream(written *to) {
    add_text(to, "Event Stream");
    add_le(to, 0x01000002, 4); /* version 2.0.0, DVS */
    add_le(to, 304, 2);
    add_le(to, 240, 2);
    add_be(to, 0x0b2f01ef00, 5); /* 5 us, on, x 303, y 239 */
    add_be(to, 0xfffffe, 3);     /* 254 us pass; a mark */
    add_be(to, 0xfc0000feff, 5); /* 126 us, off, y 65534: beyond the sensor */
    add_be(to, 0xff, 1);         /* 127 us */
    add_be(to, 0x00ff000100, 5); /* 0 us, off, x 255, y 1 */
}

/* --------------------------------------------------------------------------------------------------------- the files
 */

typedef struct small_recording {
    const char *format, *name;
    void (*write)(written *to);
    sg_sensor sensor;
    uint64_t left_out[SG_LEFT_REASONS]; /* invalid, early, outside, other */
    size_t count;
    sg_raw_event events[16];
} small_recording;

#define EVENTS_4                                                                                                       \
    3, {                                                                                                               \
        {1605537493718345., 319, 239, 1}, {1605537493718348., 0, 7, 0}, {1605537493718000., 5, 6, 1},                  \
    }
#define EVENTS_DAT                                                                                                     \
    3, {                                                                                                               \
        {4294967280., 1279, 719, 1}, {4294967264., 0, 0, 0}, {4294967301., 300, 400, 1},                               \
    }
#define EVENTS_21                                                                                                      \
    3, {                                                                                                               \
        {1029, 32, 9, 1}, {1029, 63, 9, 1}, {1030, 1249, 719, 0},                                                      \
    }

static const small_recording small_recordings[] = {
    {"nmnist",
     "a.bin",
     write_nmnist,
     {0, 0, 2},
     {0, 0, 0, 2},
     4,
     {{258, 7, 2, 1}, {8388607, 255, 239, 0}, {8192, 1, 0, 1}, {16385, 2, 1, 0}}},
    {"slayer-1d", "a.bs1", write_slayer_1d, {0, 1, 2}, {0}, 3, {{3, 258, 0, 1}, {8388607, 65535, 0, 0}, {0, 0, 0, 0}}},
    {"slayer-3d",
     "a.bs3",
     write_slayer_3d,
     {0},
     {0},
     3,
     {{258, 0xabc, 0x123, 1}, {16777215, 0, 0, 0}, {0, 4095, 4095, 254}}},
    {"aedat1",
     "a.aedat",
     write_aedat1,
     {128, 128, 2},
     {0, 0, 0, 1},
     3,
     {{255, 127, 127, 1}, {256, 0, 0, 0}, {128, 125, 126, 1}}},
    {"aedat2",
     "a.aedat",
     write_aedat2,
     {346, 260, 2},
     {0, 0, 1, 2},
     4,
     {{4294967280., 345, 259, 1}, {4294967288., 0, 0, 0}, {4294967300., 342, 257, 1}, {4294967294., 341, 257, 1}}},
    {"aedat3",
     "a.aedat",
     write_aedat3,
     {128, 128, 2},
     {1, 0, 1, 3},
     2,
     {{1000, 127, 0, 1}, {2147483648. * 3 - 1, 3, 127, 0}}},
    {"aedat4", "plain.aedat4", write_aedat4_plain, {320, 240, 2}, {0, 0, 2, 1}, EVENTS_4},
    {"aedat4", "lz4.aedat4", write_aedat4_lz4, {320, 240, 2}, {0, 0, 2, 1}, EVENTS_4},
    {"aedat4", "zstd.aedat", write_aedat4_zstd, {320, 240, 2}, {0, 0, 2, 1}, EVENTS_4},
    {"dat", "a.dat", write_dat, {1280, 720, 2}, {0, 0, 1, 0}, EVENTS_DAT},
    {"dat", "bare.dat", write_dat_bare, {0, 0, 2}, {0}, EVENTS_DAT},
    {"evt2",
     "a.raw",
     write_evt2,
     {640, 480, 2},
     {0, 1, 1, 2},
     3,
     {{17179869119., 639, 479, 1}, {17179869056., 0, 0, 0}, {17179869184. + 65, 2, 3, 0}}},
    {"evt21", "a.raw", write_evt21, {1280, 720, 2}, {0, 3, 1, 1}, EVENTS_21},
    {"evt21", "legacy.raw", write_evt21_legacy, {1280, 720, 2}, {0, 3, 1, 1}, EVENTS_21},
    {"evt21", "old.raw", write_evt21_old, {1280, 720, 2}, {0, 3, 1, 1}, EVENTS_21},
    {"evt3",
     "a.raw",
     write_evt3,
     {1280, 720, 2},
     {0, 3, 1, 3},
     10,
     {{0xffe123, 1279, 719, 1},
      {0xffe123, 100, 5, 1},
      {0xffe123, 111, 5, 1},
      {0xffe123, 112, 5, 1},
      {0xffe123, 119, 5, 1},
      {0xffe123, 121, 5, 1},
      {0xffe123, 2, 5, 0},
      {0xfff000, 3, 5, 0},
      {0xffffff, 4, 5, 0},
      {0x1000000, 5, 5, 0}}},
    {"event-stream", "a.es", write_event_stream, {304, 240, 2}, {0, 0, 1, 0}, 2, {{5, 303, 239, 1}, {512, 255, 1, 0}}},
};

#define SMALL_RECORDINGS (sizeof small_recordings / sizeof *small_recordings)

#endif
