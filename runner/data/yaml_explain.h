/* SPDX-License-Identifier: MIT */
/* yaml_explain: libyaml's complaint in words that say what to change; for data/yaml_read only. */
#ifndef DATA_YAML_EXPLAIN_H
#define DATA_YAML_EXPLAIN_H

#include "base/error.h"
#include "base/str.h"

struct yaml_complaint {
    const char *problem; /* libyaml's words */
    const char *context; /* what it was doing, or "" */
    struct position at;
    struct position context_at;
};

/* text is the one that was parsed. */
struct error *yaml_explain(const struct yaml_complaint *complaint, struct str text);

#endif
