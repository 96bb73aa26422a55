/* SPDX-License-Identifier: MIT */
#include "plan/plan_shape.h"

#include "plan/plan_load.h"
#include "plan/plan_table.h"

/* Members of the plan language that this version does not have yet, by the section they stand in
 * ("": the plan). */
static const struct later {
    const char *section;
    const struct decode_table *table;
    const char *names[12]; /* ended by NULL */
} laters[] = {
    {"",          &plan_table,          {"azure", "objectives", "guards", "hooks", "finally"}},
    {"variables", &plan_variable_table, {"secret"}                                           },
    {"vaults",    &plan_vault_table,    {"secondary_region"}                                 },
    {"items",     &plan_item_table,     {"match", "except"}                                  },
    {"selection", &plan_rule_table,     {"hook"}                                             },
    {"targets",
     &plan_target_table,
     {"virtual_network", "subnet", "vm_name", "zones", "disk_encryption_set", "identity",
      "disk_access"}                                                                         },
    {"limits",    &plan_limits_table,   {"per_vault"}                                        },
    {"steps",     &plan_step_table,     {"when", "hooks", "body", "from", "rehydrate"}       },
};

struct shaping {
    struct arena *arena;
    const struct kind *const *kinds;
    struct problems *problems;
};

static bool has_row(const struct decode_field *rows, struct str name)
{
    for (const struct decode_field *row = rows; row != NULL && row->name != NULL; row++) {
        if (str_equal(str_from(row->name), name)) {
            return true;
        }
    }
    return false;
}

static bool has_member(const struct decode_table *table, struct str name)
{
    return table != NULL && (has_row(table->fields, name) || has_row(table->more, name));
}

static bool is_later(const struct later *later, struct str name)
{
    for (size_t i = 0; later->names[i] != NULL; i++) {
        if (str_equal(str_from(later->names[i]), name)) {
            return true;
        }
    }
    return false;
}

static struct value *beginning_of(struct arena *arena, const struct value *map, size_t count)
{
    struct value *beginning = value_new(arena, VALUE_MAP);
    beginning->at = map->at;
    for (size_t i = 0; i < count; i++) {
        value_add(arena, beginning, map->members[i]);
    }
    return beginning;
}

/* The same map, but only with the members that pass; the map itself if all do. */
typedef bool pass_fn(struct shaping *shaping, const void *context,
                     const struct value_member *member);
static const struct value *filter(struct shaping *shaping, const struct value *map, pass_fn *pass,
                                  const void *context)
{
    struct value *kept = NULL; /* made at the first member that goes: most maps stay whole */
    for (size_t i = 0; i < map->count; i++) {
        bool stays = pass(shaping, context, &map->members[i]);
        if (!stays && kept == NULL) {
            kept = beginning_of(shaping->arena, map, i);
        } else if (stays && kept != NULL) {
            value_add(shaping->arena, kept, map->members[i]);
        }
    }
    return kept == NULL ? map : kept;
}

static bool pass_known(struct shaping *shaping, const void *context,
                       const struct value_member *member)
{
    const struct later *later = context;
    if (!is_later(later, member->name)) {
        return true;
    }
    problems_add(shaping->problems,
                 error_hint(decode_unknown(later->table, member->name, member->name_at),
                            "not supported by this version of restorectl"));
    return false;
}

const struct kind *plan_shape_kind(const struct kind *const *kinds, const char *name)
{
    for (size_t i = 0; kinds[i] != NULL; i++) {
        if (kinds[i]->role == KIND_STEP && text_equal(kinds[i]->name, name)) {
            return kinds[i];
        }
    }
    return NULL;
}

static bool any_kind_has(const struct kind *const *kinds, struct str name)
{
    for (size_t i = 0; kinds[i] != NULL; i++) {
        if (kinds[i]->role == KIND_STEP && has_member(kinds[i]->plan_fields, name)) {
            return true;
        }
    }
    return false;
}

static bool pass_step_member(struct shaping *shaping, const void *context,
                             const struct value_member *member)
{
    (void)shaping;
    (void)context;
    return has_member(&plan_step_table, member->name);
}

static bool pass_kind_member(struct shaping *shaping, const void *context,
                             const struct value_member *member)
{
    const struct kind *kind = context;
    if (has_member(&plan_step_table, member->name)) {
        return false;
    }
    if (kind == NULL) { /* an unknown kind has its own message: only say what no kind has */
        if (!any_kind_has(shaping->kinds, member->name)) {
            problems_add(shaping->problems,
                         decode_unknown(&plan_step_table, member->name, member->name_at));
        }
        return false;
    }
    if (has_member(kind->plan_fields, member->name)) {
        return true;
    }
    struct decode_table both = plan_step_table;
    both.more = kind->plan_fields == NULL ? NULL : kind->plan_fields->fields;
    problems_add(shaping->problems, decode_unknown(&both, member->name, member->name_at));
    return false;
}

static const struct value *shape_step(struct shaping *shaping, const struct value *step)
{
    const struct kind *kind = plan_shape_kind(shaping->kinds, value_text(step, "kind"));
    const struct value *own = filter(shaping, step, pass_kind_member, kind);
    if (kind != NULL && kind->plan_fields != NULL) {
        void *scratch = arena_alloc(shaping->arena, kind->plan_fields->size);
        bool is_read =
            decode(shaping->arena, kind->plan_fields, own, 0, shaping->problems, scratch);
        if (is_read && kind->check_fields != NULL) {
            kind->check_fields(shaping->arena, own, shaping->problems);
        }
    }
    return filter(shaping, step, pass_step_member, NULL);
}

static const struct value *shape_record(struct shaping *shaping, const struct later *later,
                                        const struct value *record)
{
    if (record->type != VALUE_MAP) {
        return record;
    }
    const struct value *known = filter(shaping, record, pass_known, later);
    return later->table == &plan_step_table ? shape_step(shaping, known) : known;
}

static const struct value *shape_section(struct shaping *shaping, const struct later *later,
                                         const struct value *section)
{
    if (section->type != VALUE_MAP) {
        return section;
    }
    if (later->table == &plan_limits_table) { /* one record, not a map of them */
        return shape_record(shaping, later, section);
    }
    struct value *shaped = value_new(shaping->arena, VALUE_MAP);
    shaped->at = section->at;
    for (size_t i = 0; i < section->count; i++) {
        struct value_member member = section->members[i];
        member.value = shape_record(shaping, later, member.value);
        value_add(shaping->arena, shaped, member);
    }
    return shaped;
}

static const struct later *later_of(struct str section)
{
    for (size_t i = 0; i < sizeof(laters) / sizeof(laters[0]); i++) {
        if (str_equal(str_from(laters[i].section), section)) {
            return &laters[i];
        }
    }
    return NULL;
}

const struct value *plan_shape_trim(struct arena *arena, const struct kind *const *kinds,
                                    const struct value *root, struct problems *problems)
{
    if (root->type != VALUE_MAP) {
        return root;
    }
    struct shaping shaping = {arena, kinds, problems};
    const struct value *known = filter(&shaping, root, pass_known, &laters[0]);
    struct value *shaped = value_new(arena, VALUE_MAP);
    shaped->at = root->at;
    for (size_t i = 0; i < known->count; i++) {
        struct value_member member = known->members[i];
        const struct later *later = later_of(member.name);
        if (later != NULL) {
            member.value = shape_section(&shaping, later, member.value);
        }
        value_add(arena, shaped, member);
    }
    return shaped;
}
