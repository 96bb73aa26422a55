/* SPDX-License-Identifier: MIT */
/* limit: every bound of the program in one place; each is reached by a test.
 *
 * Sizes are in bytes, times in ms.  What comes from outside is held against these before memory is
 * taken for it. */
#ifndef BASE_LIMIT_H
#define BASE_LIMIT_H

/* Plan files. */
#define LIMIT_PLAN_BYTES (4u * 1024 * 1024)
#define LIMIT_PLAN_DEPTH 64u
#define LIMIT_PLAN_NODES 250000u /* after aliases are expanded */
#define LIMIT_PLAN_MARKS 20000u /* of , : [ - ? that begin values, before anything is parsed, … */
#define LIMIT_MARK_BYTES 9u     /* … and one more for so many bytes of the file */
#define LIMIT_PLAN_ANCHORS 1000u
#define LIMIT_PLAN_ALIASES 1000u
#define LIMIT_PLAN_ALIAS_NODES 100000u /* nodes that aliases and merge keys may add */
#define LIMIT_SCALAR_BYTES (64u * 1024)
#define LIMIT_SOURCE_BYTES (128u * 1024) /* of the file with no value in it, or for one text */
#define LIMIT_PLAN_PROBLEMS 200u         /* then "and N more" */

/* JSON from outside. */
#define LIMIT_JSON_DEPTH 64u
#define LIMIT_JSON_NODES 500000u

/* HTTP. */
#define LIMIT_BODY_BYTES (16u * 1024 * 1024)
#define LIMIT_HEADER_BYTES (64u * 1024) /* the whole block */
#define LIMIT_URL_BYTES (16u * 1024)
#define LIMIT_CONNECT_MS 10000
#define LIMIT_REQUEST_MS 60000
#define LIMIT_CHANGE_MS 90000 /* a request that changes something */
#define LIMIT_CONNECTIONS 64
#define LIMIT_PAGES 1000u

/* Waiting. */
#define LIMIT_RETRY_AFTER_MS 3600000
#define LIMIT_POLL_MS 600000

/* Journal, report, records. */
#define LIMIT_RECORD_BYTES (4u * 1024 * 1024)
#define LIMIT_JOURNAL_BYTES (2048u * 1024 * 1024)
#define LIMIT_REPORT_BYTES (512u * 1024 * 1024)

/* Anything that is built for people or for a request from bounded parts. */
#define LIMIT_TEXT_BYTES (64u * 1024 * 1024)

#endif
