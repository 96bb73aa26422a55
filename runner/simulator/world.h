/* SPDX-License-Identifier: MIT */
/* world: what the simulator's Azure holds: vaults and the VMs protected in them, as a world file
 * says.
 *
 * Use: world_new() once, then the finders.  Points (world_point) and started restores (world_job)
 * hang on it. Ownership: everything lives until world_free(); the file's tree is copied. Sources:
 * azure-surface 0.1 (names), 0.2 (ids compare without case), C.6 (items). */
#ifndef SIMULATOR_WORLD_H
#define SIMULATOR_WORLD_H

#include "base/clock.h"
#include "data/decode.h"

/* How a restore of an item ends. */
enum world_ending {
    WORLD_COMPLETED,
    WORLD_WARNINGS,
    WORLD_FAILED,
    WORLD_CANCELLED,
    WORLD_STUCK, /* in progress for ever */
    WORLD_ENDING_COUNT,
};

enum world_consistency {
    WORLD_APPLICATION,
    WORLD_FILE_SYSTEM,
    WORLD_CRASH,
    WORLD_CONSISTENCY_COUNT
};

enum world_tier { WORLD_SNAPSHOT, WORLD_VAULT, WORLD_ARCHIVE, WORLD_TIER_COUNT };

/* Azure's words; ended by NULL. */
extern const char *const world_state_names[], *const world_health_names[], *const world_os_names[];

struct world_outcome {
    struct decoded base;
    int ending; /* enum world_ending */
    int64_t error_code;
    const char *error_title, *error_text; /* NULL: the usual ones of that ending */
    struct texts recommendations;
};

struct world_principal {
    struct decoded base;
    const char *tenant, *client_id, *client_secret; /* secret NULL: any secret or assertion */
};

/* A point as the file lists it. */
struct world_point_row {
    struct decoded base;
    const char *id;
    struct utc time;
    int64_t age_ms;
    int consistency;
    struct integers tiers;
};

struct world_generated {
    struct decoded base;
    int64_t every_ms, count, keep_ms;
};

struct world_item {
    struct decoded base;
    const char *vm, *resource_group, *subscription, *source;
    const char *container, *protected_item;
    int state, health, os;
    bool is_soft_deleted;
    int64_t disk_count, size_gb, job_duration_ms;
    const struct world_outcome *outcome;
    struct records point_rows;
    const struct world_generated *generated;
    /* derived */
    const char *container_id, *id; /* as Azure lists them */
    const char *container_name;    /* container without its type */
    uint64_t key;                  /* of container and name, for the finder */
    const struct world_point *points;
    size_t point_count;
    bool has_points; /* they were made */
};

struct world_vault {
    struct decoded base;
    const char *subscription, *resource_group, *name, *region;
    struct records item_rows; /* struct world_item */
    const char *id;           /* derived */
    struct {
        VEC(struct world_job *);
    } jobs; /* by start, then id (world_job) */
};

struct world {
    struct decoded base;
    struct utc begin; /* its now */
    int64_t seed, page_size, operation_ms, retry_after_ms, job_duration_ms, token_ms;
    bool has_strict_tokens;
    struct records principal_rows, vault_rows;
    struct texts faults;
    struct arena *arena;
    bool is_virtual;
};

/* NULL if problems has errors now.  start: its now if the file says none. */
struct world *world_new(const struct value *file, struct utc start, struct problems *problems);
void world_free(struct world *world);

struct world_vault *world_vaults(const struct world *world);
struct world_item *world_items(const struct world_vault *vault);
/* Without case, as Azure finds them; NULL if there is none. */
struct world_vault *world_find_vault(const struct world *world, const char *subscription,
                                     const char *resource_group, const char *name);
struct world_item *world_find_item(const struct world_vault *vault, const char *container,
                                   const char *name);

/* A number made from the world's seed and text: the same world and text, the same number. */
uint64_t world_seed_of(const struct world *world, const char *text);

#endif
