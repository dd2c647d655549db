# Writes to `out` the declarations of surgrad.h as they are after the preprocessor, which bindings have not: no comments,
# conditions, includes or attributes. Of the macros, those that are plain integers stay.
#
#   awk -v out=surgrad_cdef.h -f cdef.awk surgrad.h

function without_comments(line,    left, at) {
    for (left = ""; line != "";) {
        at = index(line, in_comment ? "*/" : "/*")
        if (!in_comment)
            left = left (at ? substr(line, 1, at - 1) " " : line)
        line = at ? substr(line, at + 2) : ""
        in_comment = at ? !in_comment : in_comment
    }
    return left
}

function directive(line) {
    if (line ~ /^#if/ && line !~ /SURGRAD_H$/)
        depth++
    else if (line ~ /^#endif/ && depth)
        depth--
    else if (!depth && line ~ /^#define [A-Z_]+ +[0-9]+ *$/)
        print $1, $2, $3 > out
}

BEGIN { print "/* Made from surgrad.h: its declarations alone, for parsers without a preprocessor (cffi's ffi.cdef). */" > out }

{
    $0 = without_comments($0)
    sub(/ +$/, "")
    if (/^#/)
        directive($0)
    else if (!depth && NF) {
        sub(/^SG_API /, "")
        print > out
    }
}
