/* SPDX-License-Identifier: MIT */
#include "plan/select_judge.h"

struct moment moment_of(const struct candidate *candidate)
{
    return (struct moment){candidate->time.ms, candidate->beyond_ns};
}

int moment_compare(struct moment a, struct moment b)
{
    if (a.ms != b.ms) {
        return a.ms < b.ms ? -1 : 1;
    }
    return (a.beyond_ns > b.beyond_ns) - (a.beyond_ns < b.beyond_ns);
}

struct moment moment_distance(struct moment a, struct moment b)
{
    bool is_behind = moment_compare(a, b) >= 0;
    struct moment late = is_behind ? a : b;
    struct moment early = is_behind ? b : a;
    struct moment distance = {late.ms - early.ms, late.beyond_ns - early.beyond_ns};
    if (distance.beyond_ns < 0) {
        distance.ms--;
        distance.beyond_ns += 1000000;
    }
    return distance;
}

/* What struct utc leaves of "….1234567Z": 456700. */
static int64_t read_beyond_ns(const char *text)
{
    struct str rest = str_from(text);
    size_t dot = str_find_char(rest, '.');
    int64_t ns = 0;
    int64_t weight = 100000000;
    for (size_t i = dot == SIZE_MAX ? rest.len : dot + 1; i < rest.len; i++) {
        if (rest.at[i] < '0' || rest.at[i] > '9') {
            break;
        }
        ns += weight * (rest.at[i] - '0');
        weight /= 10;
    }
    return ns % 1000000;
}

struct select_judge select_judge_init(const struct plan_rule *rule, struct utc now)
{
    const struct value *source = rule->base.source;
    struct select_judge judge = {
        .rule = rule,
        .now = now,
        .at = {rule->at.ms,    read_beyond_ns(value_text(source, "at"))   },
        .from = {rule->from.ms,  read_beyond_ns(value_text(source, "from")) },
        .until = {rule->until.ms, read_beyond_ns(value_text(source, "until"))},
        .tiers = rule->tiers.is_set ? 0 : ~0u,
    };
    for (size_t i = 0; i < rule->tiers.count; i++) {
        judge.tiers |= 1u << rule->tiers.items[i];
    }
    return judge;
}

static int word_index(const char *word, const char *const *words)
{
    for (int i = 0; word != NULL && words[i] != NULL; i++) {
        if (text_equal(word, words[i])) {
            return i;
        }
    }
    return -1;
}

bool select_tier_at(const struct value *list, size_t i, struct select_tier *ret)
{
    if (list == NULL || list->type != VALUE_LIST || i >= list->count) {
        return false;
    }
    const char *status = value_text(list->items[i], "status");
    int tier = word_index(value_text(list->items[i], "tier"), plan_tier_names);
    bool is_valid = text_equal_ignoring_case(status, "valid");
    bool is_rehydrated = !is_valid && text_equal_ignoring_case(status, "rehydrated");
    *ret = (struct select_tier){
        .tier = tier,
        .status = status,
        .is_restorable = tier >= 0 && (is_rehydrated || (is_valid && tier != PLAN_TIER_ARCHIVE)),
        .is_archived = is_valid && tier == PLAN_TIER_ARCHIVE,
    };
    return true;
}

struct candidate select_read(const struct value *point)
{
    const char *id = value_text(point, "id");
    const char *time = value_text(point, "time");
    struct candidate candidate = {
        .point = point,
        .id = id == NULL ? "" : id,
        .time = {INT64_MIN},
        .consistency = word_index(value_text(point, "consistency"), plan_consistency_names),
        .verdict = VERDICT_COUNT,
    };
    if (time != NULL && utc_parse(str_from(time), UTC_ZONE_OPTIONAL, &candidate.time)) {
        candidate.beyond_ns = read_beyond_ns(time);
    }
    const struct value *tiers = value_find(point, "tiers");
    struct select_tier tier;
    for (size_t i = 0; select_tier_at(tiers, i, &tier); i++) {
        unsigned bit = tier.tier < 0 ? 0 : 1u << tier.tier;
        candidate.listed |= bit;
        candidate.tiers |= tier.is_restorable ? bit : 0;
        candidate.is_archived = candidate.is_archived || tier.is_archived;
    }
    return candidate;
}

static bool holds(const struct integers *list, int64_t wanted)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == wanted) {
            return true;
        }
    }
    return false;
}

/* The member of the rule that keeps the point out, or NULL; the same for all below. */
static const char *judge_age(const struct select_judge *judge, struct candidate *candidate)
{
    const struct plan_rule *rule = judge->rule;
    int64_t age_ms = judge->now.ms - candidate->time.ms;
    if (rule->max_age_ms >= 0 && age_ms > rule->max_age_ms) {
        candidate->verdict = VERDICT_TOO_OLD;
        return "max_age";
    }
    /* What lies beyond the ms makes it younger. */
    if (rule->min_age_ms >= 0 && age_ms - (candidate->beyond_ns > 0) < rule->min_age_ms) {
        candidate->verdict = VERDICT_TOO_NEW;
        return "min_age";
    }
    return NULL;
}

static const char *judge_window(const struct select_judge *judge, struct candidate *candidate)
{
    const struct plan_rule *rule = judge->rule;
    struct moment time = moment_of(candidate);
    const char *member = NULL;
    if (rule->within_ms >= 0 && judge->now.ms - time.ms > rule->within_ms) {
        member = "within";
    } else if (rule->from.ms != INT64_MIN && moment_compare(time, judge->from) < 0) {
        member = "from";
    } else if (rule->until.ms != INT64_MIN && moment_compare(time, judge->until) > 0) {
        member = "until";
    } else if (rule->pick == PLAN_PICK_NEAREST) {
        int side = moment_compare(time, judge->at);
        bool is_on_wrong_side = (rule->direction == PLAN_DIRECTION_BEFORE && side > 0) ||
                                (rule->direction == PLAN_DIRECTION_AFTER && side < 0);
        member = is_on_wrong_side ? "direction" : NULL;
    }
    if (member != NULL) {
        candidate->verdict = VERDICT_OUTSIDE_WINDOW;
    }
    return member;
}

static const char *judge_consistency(const struct select_judge *judge, struct candidate *candidate)
{
    const struct integers *wanted = &judge->rule->consistency;
    if (!wanted->is_set || holds(wanted, candidate->consistency)) {
        return NULL;
    }
    candidate->verdict = VERDICT_CONSISTENCY;
    return "consistency";
}

static const char *judge_tiers(const struct select_judge *judge, struct candidate *candidate)
{
    bool is_any = !judge->rule->tiers.is_set;
    bool is_untold = candidate->listed == 0; /* the service does not tell */
    if ((candidate->tiers & judge->tiers) != 0 || (is_any && is_untold)) {
        return NULL;
    }
    bool needs_rehydration = candidate->is_archived && candidate->tiers == 0;
    bool is_in_wanted = (candidate->listed & judge->tiers) != 0;
    candidate->verdict = is_in_wanted && !needs_rehydration ? VERDICT_TIER_STATUS : VERDICT_TIER;
    return "tiers";
}

static const char *judge_safety(const struct select_judge *judge, struct candidate *candidate)
{
    bool is_encrypted = value_bool(candidate->point, "is_encrypted", false);
    int encrypted = judge->rule->encrypted;
    if ((encrypted == PLAN_ENCRYPTED_TRUE && !is_encrypted) ||
        (encrypted == PLAN_ENCRYPTED_FALSE && is_encrypted)) {
        candidate->verdict = VERDICT_ENCRYPTED;
        return "encrypted";
    }
    const char *threat = value_text(candidate->point, "threat");
    bool has_threat =
        threat != NULL && !text_equal(threat, "none") && !text_equal(threat, "unknown");
    if (judge->rule->threat == PLAN_THREAT_NONE && has_threat) {
        candidate->verdict = VERDICT_THREAT;
        return "threat";
    }
    return NULL;
}

void select_judge(const struct select_judge *judge, struct candidate *candidate)
{
    static const char *(*const judges[])(const struct select_judge *, struct candidate *) = {
        judge_age, judge_window, judge_consistency, judge_tiers, judge_safety,
    };
    candidate->verdict = VERDICT_COUNT;
    candidate->member = NULL;
    if (candidate->time.ms == INT64_MIN) {
        candidate->verdict = VERDICT_NO_TIME;
        return;
    }
    if (judge->rule->pick == PLAN_PICK_ID && !text_equal(candidate->id, judge->rule->id)) {
        candidate->verdict = VERDICT_NOT_NAMED;
        candidate->member = "id";
        return;
    }
    for (size_t i = 0; candidate->member == NULL && i < sizeof(judges) / sizeof(judges[0]); i++) {
        candidate->member = judges[i](judge, candidate);
    }
}
