#include "file/yaml.h"

#include "file/utf8.h"

#include <libfyaml.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------ walking */

typedef struct place {
    int line, column; /* from 1 */
} place;

typedef struct walk {
    sg_yaml_visit *visit;
    void *user;
    int nodes, depth;
    char path[SG_YAML_PATH];
    size_t used;
    place place; /* of what is being walked */
} walk;

static sg_status walk_node(walk *at, struct fy_node *node);

static bool is_quoted(struct fy_node *node) {
    return fy_node_get_style(node) == FYNS_SINGLE_QUOTED || fy_node_get_style(node) == FYNS_DOUBLE_QUOTED;
}

/* Where a scalar stands, its quote included. One that was left out (`seed:`) has no place: that of its key stays. */
static void take_place(struct fy_node *node, place *found) {
    struct fy_token *token = node ? fy_node_get_scalar_token(node) : NULL;
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (mark)
        *found = (place){mark->line + 1, mark->column + !is_quoted(node)};
}

/* Walks a node one part further down the path. */
static sg_status walk_part(walk *at, const char *part, struct fy_node *node) {
    size_t before = at->used;
    int added = snprintf(at->path + before, SG_YAML_PATH - before, "%s%s", before ? "." : "", part);
    if (added < 0 || (size_t)added >= SG_YAML_PATH - before)
        return sg_fail(SG_CONFIG, "found a key of more than %d bytes, with the keys that it is in", SG_YAML_PATH - 1);
    at->used = before + (size_t)added;
    sg_status status = walk_node(at, node);
    at->path[before] = 0;
    at->used = before;
    return status;
}

/* The text of a scalar, ended by a 0; NULL if it holds a 0 itself. */
static const char *text_of(struct fy_node *node) {
    size_t size = 0;
    const char *text = fy_node_get_scalar(node, &size) ? fy_node_get_scalar0(node) : NULL;
    return text && strlen(text) == size ? text : NULL;
}

/* Nothing at all, or what YAML calls null. */
static bool is_absent(struct fy_node *node) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    const char *text = node ? text_of(node) : "";
    if (!text || (node && fy_node_get_style(node) != FYNS_PLAIN))
        return false;
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        if (strcmp(text, nulls[i]) == 0)
            return true;
    return false;
}

static sg_status walk_scalar(walk *at, struct fy_node *node) {
    if (is_absent(node))
        return sg_fail(SG_CONFIG, "'%s' has no value: give it one, or leave the key out", at->path);
    const char *text = text_of(node);
    if (!text)
        return sg_fail(SG_CONFIG, "the value of '%s' holds a 0 byte, expected text", at->path);
    return at->visit(at->user, at->path, text, at->place.line, at->place.column);
}

static sg_status walk_sequence(walk *at, struct fy_node *sequence) {
    void *position = NULL;
    struct fy_node *item;
    for (int i = 0; (item = fy_node_sequence_iterate(sequence, &position)) != NULL; i++) {
        char index[16];
        snprintf(index, sizeof index, "%d", i);
        take_place(item, &at->place);
        SG_TRY(walk_part(at, index, item));
    }
    return SG_OK;
}

static sg_status check_key(struct fy_node *key) {
    if (!key || fy_node_get_type(key) != FYNT_SCALAR || fy_node_is_alias(key) || is_absent(key))
        return sg_fail(SG_CONFIG, "found a key that is not a word, expected 'key: value'");
    const char *text = text_of(key);
    if (!text || !*text)
        return sg_fail(SG_CONFIG, "found a key that is no text, expected 'key: value'");
    if (strcmp(text, "<<") == 0)
        return sg_fail(SG_CONFIG,
                       "merge keys ('<<') are not read: use an alias for a whole value, as in neuron: *name");
    if (strchr(text, '.'))
        return sg_fail(SG_CONFIG, "found the dotted key '%s', expected nested keys, one for each part", text);
    return SG_OK;
}

/* Looks for the key among those before it in its mapping. */
static sg_status check_unique(struct fy_node *mapping, struct fy_node_pair *pair) {
    const char *text = text_of(fy_node_pair_key(pair));
    void *position = NULL;
    for (struct fy_node_pair *before; (before = fy_node_mapping_iterate(mapping, &position)) != pair;) {
        if (strcmp(text, text_of(fy_node_pair_key(before))) != 0)
            continue;
        place first = {0};
        take_place(fy_node_pair_key(before), &first);
        return sg_fail(SG_CONFIG, "found the key '%s' again, expected it once: it stands at line %d, column %d too",
                       text, first.line, first.column);
    }
    return SG_OK;
}

static sg_status walk_mapping(walk *at, struct fy_node *mapping) {
    void *position = NULL;
    struct fy_node_pair *pair;
    while ((pair = fy_node_mapping_iterate(mapping, &position)) != NULL) {
        struct fy_node *key = fy_node_pair_key(pair);
        take_place(key, &at->place);
        SG_TRY(check_key(key));
        SG_TRY(check_unique(mapping, pair));
        SG_TRY(walk_part(at, text_of(key), fy_node_pair_value(pair)));
    }
    return SG_OK;
}

static sg_status walk_kind(walk *at, struct fy_node *node) {
    if (!node || fy_node_get_type(node) == FYNT_SCALAR)
        return walk_scalar(at, node);
    bool mapping = fy_node_get_type(node) == FYNT_MAPPING;
    if ((mapping ? fy_node_mapping_is_empty(node) : fy_node_sequence_is_empty(node)))
        return sg_fail(SG_CONFIG, "'%s' has no value: give it one, or leave the key out", at->path);
    return mapping ? walk_mapping(at, node) : walk_sequence(at, node);
}

/* Aliases are followed, not copied, and everything that is met counts, so that a few lines of aliases of aliases
 * cannot grow without end. */
static sg_status walk_node(walk *at, struct fy_node *node) {
    if (++at->nodes > SG_YAML_NODES)
        return sg_fail(SG_CONFIG, "found more than %d values, expected fewer (those behind an alias count each time)",
                       SG_YAML_NODES);
    if (++at->depth > SG_YAML_DEPTH)
        return sg_fail(SG_CONFIG, "found more than %d levels of nesting, expected fewer", SG_YAML_DEPTH);
    if (node && fy_node_is_alias(node)) {
        node = fy_node_resolve_alias(node);
        if (!node)
            return sg_fail(SG_CONFIG, "'%s' is an alias (*name) of an anchor (&name) that is not there", at->path);
    }
    sg_status status = walk_kind(at, node);
    at->depth--;
    return status;
}

/* ------------------------------------------------------------------------------------------------ parsing */

/* What libfyaml says outside of its list of errors: kept, never printed. */
static void keep_message(struct fy_diag *diag, void *user, const char *text, size_t size) {
    (void)diag;
    snprintf(user, 256, "%.*s", (int)(size < 255 ? size : 255), text);
    ((char *)user)[strcspn(user, "\n")] = 0;
}

/* A remedy for what libfyaml says of the commonest mistake. */
static const char *remedy_of(const char *message) {
    return strstr(message, "multiline plain key") ? ": is the next line indented too far, or with a tab?" : "";
}

/* Turns libfyaml's first error into ours. */
static sg_status syntax_error(const char *name, struct fy_diag *diag, const char *message) {
    void *position = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &position);
    if (error)
        return sg_fail(SG_CONFIG, "%s:%d:%d: not YAML: %s%s", name, error->line, error->column, error->msg,
                       remedy_of(error->msg));
    return sg_fail(SG_CONFIG, "%s:1:1: not YAML: %s", name, *message ? message : "the text could not be parsed");
}

static sg_status walk_document(const char *name, struct fy_document *document, sg_yaml_visit *visit, void *user) {
    walk at = {.visit = visit, .user = user, .place = {1, 1}};
    struct fy_node *root = fy_document_root(document);
    if (!root || fy_node_get_type(root) != FYNT_MAPPING || fy_node_mapping_is_empty(root))
        return sg_fail(SG_CONFIG, "%s:1:1: found no keys, expected lines of 'key: value'", name);
    sg_status status = walk_node(&at, root);
    return status == SG_OK ? SG_OK : sg_fail_in(status, "%s:%d:%d", name, at.place.line, at.place.column);
}

/* Refuses what follows the document: another one, or what is not YAML. */
static sg_status check_end(const char *name, struct fy_parser *parser, struct fy_diag *diag, const char *message) {
    struct fy_document *document = fy_parse_load_document(parser);
    if (!document)
        return fy_parser_get_stream_error(parser) ? syntax_error(name, diag, message) : SG_OK;
    const struct fy_mark *mark = fy_document_state_start_mark(fy_document_get_document_state(document));
    int line = mark ? mark->line + 1 : 1, column = mark ? mark->column + 1 : 1;
    fy_parse_document_destroy(parser, document);
    return sg_fail(SG_CONFIG, "%s:%d:%d: found a second document (---), expected one", name, line, column);
}

static sg_status read_document(const char *name, struct fy_parser *parser, struct fy_diag *diag, const char *message,
                               sg_yaml_visit *visit, void *user) {
    struct fy_document *document = fy_parse_load_document(parser);
    if (!document && fy_parser_get_stream_error(parser))
        return syntax_error(name, diag, message);
    if (!document)
        return sg_fail(SG_CONFIG, "%s:1:1: found nothing but comments and spaces, expected lines of 'key: value'",
                       name);
    sg_status status = check_end(name, parser, diag, message);
    if (status == SG_OK)
        status = walk_document(name, document, visit, user);
    fy_parse_document_destroy(parser, document);
    return status;
}

/* --------------------------------------------------------------------------------------------------- text */

static bool may_stand_in_yaml(uint32_t code, size_t at) {
    return code == '\t' || code == '\n' || code == '\r' || (code == 0xfeff && at == 0) || !sg_utf8_is_control(code);
}

/* Refuses what the parser should not see: no text, and text on which it is slow (its time grows with the square of the
 * empty lines in a scalar). */
static sg_status check_text(const char *name, const char *text, size_t size) {
    int line = 1, column = 1, blanks = 0;
    if (size > SG_YAML_BYTES)
        return sg_fail(SG_CONFIG, "%s: found %zu bytes of YAML, expected at most %d", name, size, SG_YAML_BYTES);
    for (size_t at = 0, bytes; at < size; at += bytes) {
        uint32_t code = 0;
        bytes = sg_utf8_decode(text + at, size - at, &code);
        if (bytes == 0)
            return sg_fail(SG_CONFIG, "%s:%d:%d: found the byte 0x%02x, expected UTF-8 text", name, line, column,
                           (unsigned char)text[at]);
        if (!may_stand_in_yaml(code, at))
            return sg_fail(SG_CONFIG, "%s:%d:%d: found the control character U+%04X, expected text", name, line, column,
                           (unsigned)code);
        blanks = code == ' ' || code == '\t' || code == '\n' || code == '\r' ? blanks + 1 : 0;
        if (blanks > SG_YAML_BLANKS)
            return sg_fail(SG_CONFIG, "%s:%d:%d: found more than %d spaces and newlines in a row, expected fewer", name,
                           line, column, SG_YAML_BLANKS);
        line += code == '\n';
        column = code == '\n' ? 1 : column + 1;
    }
    return SG_OK;
}

sg_status sg_yaml_read(const char *name, const char *text, size_t size, sg_yaml_visit *visit, void *user) {
    SG_TRY(check_text(name, text, size));
    if (size == 0)
        return sg_fail(SG_CONFIG, "%s:1:1: found an empty text, expected lines of 'key: value'", name);
    char message[256] = "";
    struct fy_diag_cfg listening = {.output_fn = keep_message,
                                    .user = message,
                                    .level = FYET_ERROR,
                                    .module_mask = ~0u};
    struct fy_diag *diag = fy_diag_create(&listening);
    struct fy_parse_cfg cfg = {.flags = FYPCF_ALLOW_DUPLICATE_KEYS | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2 |
                                        FYPCF_SLOPPY_FLOW_INDENTATION,
                               .diag = diag};
    struct fy_parser *parser = diag ? fy_parser_create(&cfg) : NULL;
    sg_status status = SG_MEMORY;
    if (parser) {
        fy_diag_set_collect_errors(diag, true);
        if (fy_parser_set_string(parser, text, size) == 0)
            status = read_document(name, parser, diag, message, visit, user);
        else
            sg_fail(SG_MEMORY, "%s: no memory to read YAML", name);
    } else {
        sg_fail(SG_MEMORY, "%s: no memory to read YAML", name);
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return status;
}
