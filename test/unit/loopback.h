/* A small HTTP server in a thread of the test, on a port of 127.0.0.1, that misbehaves as its pages say. Pages are
 * written and read by the test only while it is stopped. cmocka must be included before. */
#ifndef TEST_UNIT_LOOPBACK_H
#define TEST_UNIT_LOOPBACK_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct loopback_page {
    const char *path; /* "/mnist/x.gz" */
    const void *body;
    size_t size;
    int status;           /* 0: 200, or 206 for a range */
    const char *location; /* of a redirection */
    bool ignores_range;
    int breaks;         /* so many answers break off ... */
    size_t break_after; /* ... after so many bytes */
    /* what came of it: */
    int requests;
    size_t served;   /* bytes of body, over all requests */
    char range[64];  /* of the last request, "bytes=7-"; "" if it had none */
    char agent[128]; /* User-Agent of the last request */
} loopback_page;

typedef struct loopback {
    loopback_page *pages;
    size_t count;
    int socket, port;
    pthread_t thread;
} loopback;

static void loopback_header(const char *head, const char *name, char *value, size_t size) {
    const char *line = strcasestr(head, name);
    snprintf(value, size, "%.*s", line ? (int)strcspn(line + strlen(name), "\r\n") : 0,
             line ? line + strlen(name) : "");
}

static void loopback_send(int client, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size) {
        ssize_t count = send(client, next, size, MSG_NOSIGNAL);
        if (count <= 0)
            return;
        next += count;
        size -= (size_t)count;
    }
}

static void loopback_answer(int client, loopback_page *page) {
    char head[1024];
    size_t start = 0;
    page->requests++;
    if (!page->ignores_range && sscanf(page->range, "bytes=%zu-", &start) != 1)
        start = 0;
    int status = page->status ? page->status : start >= page->size ? 416 : start ? 206 : 200;
    size_t left = status == 200 || status == 206 ? page->size - start : 0, body = left;
    if (page->breaks > 0 && page->breaks-- && page->break_after < body)
        body = page->break_after;
    int used = snprintf(head, sizeof head, "HTTP/1.1 %d x\r\nContent-Length: %zu\r\nConnection: close\r\n%s%s%s",
                        status, left, page->location ? "Location: " : "", page->location ? page->location : "",
                        page->location ? "\r\n" : "");
    if (status == 206)
        used += snprintf(head + used, sizeof head - (size_t)used, "Content-Range: bytes %zu-%zu/%zu\r\n", start,
                         page->size - 1, page->size);
    used += snprintf(head + used, sizeof head - (size_t)used, "\r\n");
    page->served += body;
    loopback_send(client, head, (size_t)used);
    if (body)
        loopback_send(client, (const char *)page->body + start, body);
}

static void loopback_serve(const loopback *server, int client) {
    static loopback_page missing = {.path = "", .status = 404};
    char head[4096] = "", path[1024] = "";
    for (size_t used = 0; used < sizeof head - 1 && !strstr(head, "\r\n\r\n");) {
        ssize_t count = recv(client, head + used, sizeof head - 1 - used, 0);
        if (count <= 0)
            return;
        used += (size_t)count;
        head[used] = 0;
    }
    sscanf(head, "GET %1023s", path);
    loopback_page *page = &missing;
    for (size_t i = 0; i < server->count; i++)
        if (strcmp(server->pages[i].path, path) == 0)
            page = &server->pages[i];
    loopback_header(head, "\r\nRange: ", page->range, sizeof page->range);
    loopback_header(head, "\r\nUser-Agent: ", page->agent, sizeof page->agent);
    loopback_answer(client, page);
}

static void *loopback_run(void *context) {
    loopback *server = context;
    int client;
    while ((client = accept(server->socket, NULL, NULL)) >= 0) {
        loopback_serve(server, client);
        shutdown(client, SHUT_WR);
        close(client);
    }
    return NULL;
}

static void loopback_start(loopback *server, loopback_page *pages, size_t count) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    setenv("no_proxy", "127.0.0.1", 1);
    *server = (loopback){.pages = pages, .count = count, .socket = socket(AF_INET, SOCK_STREAM, 0)};
    assert_int_equal(bind(server->socket, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->socket, 16), 0);
    assert_int_equal(getsockname(server->socket, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, loopback_run, server), 0);
}

static void loopback_stop(loopback *server) {
    shutdown(server->socket, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->socket);
}

/* The URL of a path on the server. */
static void loopback_url(const loopback *server, const char *path, char *url, size_t size) {
    snprintf(url, size, "http://127.0.0.1:%d%s", server->port, path);
}

#endif
