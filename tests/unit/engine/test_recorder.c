/* SPDX-License-Identifier: MIT */
#include "engine/recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/journal_fake.h"

static void count(void *context, const struct record *record)
{
    int64_t *seen = context;
    assert_int_equal(record->seq, ++*seen);
}

static struct recorder open_recorder(const struct clock *clock, struct journal *journal,
                                     const struct recorder_reader *readers)
{
    struct recorder recorder = {.clock = clock, .journal = journal, .readers = readers};
    recorder_begin(&recorder);
    return recorder;
}

static void recorder__numbers_records_for_journal_and_readers(void **state)
{
    struct clock clock = clock_virtual((struct utc){0});
    struct journal journal = {0};
    int64_t first = 0;
    int64_t second = 0;
    const struct recorder_reader readers[] = {
        {count, &first },
        {count, &second},
        {NULL,  NULL   }
    };
    (void)state;
    struct recorder recorder = open_recorder(&clock, &journal, readers);
    recorder_add(&recorder, RECORD_WARNING, recorder_body(&recorder));
    recorder_sync(&recorder);
    assert_int_equal(first, 2); /* the version, the warning */
    assert_int_equal(second, 2);
    assert_int_equal(journal.append_count, 2);
    assert_int_equal(journal.sync_count, 1);
    assert_null(recorder.failed);
    recorder_release(&recorder);
}

/* P09, P11: readers hear on, the journal is left alone. */
static void recorder__writes_no_more_after_a_failure(void **state)
{
    static const struct journal failing[] = {{.failing_append = 2}, {.failing_sync = 1}};
    struct clock clock = clock_virtual((struct utc){0});
    (void)state;
    for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++) {
        struct journal journal = failing[i];
        int64_t seen = 0;
        const struct recorder_reader readers[] = {
            {count, &seen},
            {NULL,  NULL }
        };
        struct recorder recorder = open_recorder(&clock, &journal, readers);
        recorder_add(&recorder, RECORD_WARNING, recorder_body(&recorder));
        recorder_sync(&recorder);
        assert_non_null(recorder.failed);
        assert_int_equal(recorder.failed->code, ERR_IO);
        struct journal before = journal;
        recorder_add(&recorder, RECORD_WARNING, recorder_body(&recorder));
        recorder_sync(&recorder);
        assert_int_equal(journal.append_count, before.append_count);
        assert_int_equal(journal.sync_count, before.sync_count);
        assert_int_equal(seen, 3);
        recorder_release(&recorder);
    }
}

static void recorder__shows_an_error_with_its_causes(void **state)
{
    struct arena *arena = arena_new();
    struct error *error =
        error_wrap(error_hint(error_new(ERR_AUTH, "inner"), "look there"), ERR_REFUSED, "outer");
    (void)state;
    const struct value *value =
        recorder_error(arena, error_at(error, (struct position){"p", 3, 4}));
    assert_int_equal(value_integer(value, "code", -1), 5);
    assert_string_equal(value_text(value, "text"), "outer");
    assert_string_equal(value_text(value, "where"), "p:3:4");
    assert_string_equal(value_text(value, "hint"), "look there"); /* the nearest there is */
    assert_int_equal(value_find(value, "because")->count, 1);
    assert_string_equal(value_find(value, "because")->items[0]->text.at, "inner");
    error_free(error);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorder__numbers_records_for_journal_and_readers),
        cmocka_unit_test(recorder__writes_no_more_after_a_failure),
        cmocka_unit_test(recorder__shows_an_error_with_its_causes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
