#include "file/sha256.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

/* FIPS 180-2, appendix B, and the empty message. */
static const struct {
    const char *text, *expected;
} cases[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void known_answers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[SG_SHA256_TEXT];
        sg_sha256_bytes(cases[i].text, strlen(cases[i].text), found);
        assert_string_equal(found, cases[i].expected);
        put_file(in_folder("x"), cases[i].text, strlen(cases[i].text));
        assert_int_equal(sg_sha256_file(in_folder("x"), found), SG_OK);
        assert_string_equal(found, cases[i].expected);
    }
}

/* The hash of the hashes of 0 to 200 bytes 0, 7, 14, ...: padding on both sides of a block's end (hashlib's answer). */
static void messages_of_every_length(void **state) {
    (void)state;
    enum { LENGTHS = 201, DIGITS = SG_SHA256_TEXT - 1 };
    unsigned char message[LENGTHS];
    char hashes[LENGTHS * DIGITS + 1], found[SG_SHA256_TEXT];
    for (int i = 0; i < LENGTHS; i++) {
        sg_sha256_bytes(message, (size_t)i, hashes + i * DIGITS);
        message[i] = (unsigned char)(i * 7);
    }
    sg_sha256_bytes(hashes, LENGTHS * DIGITS, found);
    assert_string_equal(found, "020088e9c26b95faf20594b4a5301fc5493cad4e2e0e002a0233825ae81dbd5f");
}

static void file_of_many_chunks(void **state) {
    (void)state;
    enum { MILLION = 1000000 };
    char found[SG_SHA256_TEXT], *letters = malloc(MILLION);
    assert_non_null(letters);
    memset(letters, 'a', MILLION);
    put_file(in_folder("x"), letters, MILLION);
    free(letters);
    assert_int_equal(sg_sha256_file(in_folder("x"), found), SG_OK);
    assert_string_equal(found, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void what_cannot_be_read_is_told(void **state) {
    (void)state;
    char found[SG_SHA256_TEXT];
    assert_int_equal(sg_sha256_file(in_folder("absent"), found), SG_DATA);
    assert_message_has("absent: there is no such file");
    assert_int_equal(sg_sha256_file(folder, found), SG_DATA);
    assert_message_has("is a folder, expected a file");
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_int_equal(sg_sha256_file(in_folder("pipe"), found), SG_DATA);
    assert_message_has("pipe: is a device or pipe, expected a file");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(messages_of_every_length),
        cmocka_unit_test(file_of_many_chunks),
        cmocka_unit_test(what_cannot_be_read_is_told),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
