/* SPDX-License-Identifier: MIT */
/* yaml_read: YAML 1.2 text to a tree, refusing what a plan must not contain.
 *
 * Aliases and `<<` merge keys are resolved here within a bound; duplicate keys, tags, directives, a
 * second document, non-UTF-8, control characters, tabs as indentation and nesting beyond
 * LIMIT_PLAN_DEPTH are problems with a position. Positions count lines and characters from 1.
 * Foreign: libyaml's event parser, seen by this file only. */
#ifndef DATA_YAML_READ_H
#define DATA_YAML_READ_H

#include "data/value.h"

/* file is the name for positions; its text is kept by the arena.  True: *ret is the tree (a
 * document that is empty is a problem).  False: nothing usable; problems say why.  Even with true
 * there may be problems (duplicate keys). */
bool yaml_read(struct arena *arena, const char *file, struct str text, struct problems *problems,
               const struct value **ret) MUST_USE;

#endif
