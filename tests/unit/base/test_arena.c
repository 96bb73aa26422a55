/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/vec.h"

static void arena__gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    for (size_t bytes = 0; bytes < 5000; bytes += 37) {
        arena_text(arena, "x"); /* texts may stand anywhere */
        unsigned char *memory = arena_alloc(arena, bytes);
        assert_int_equal((uintptr_t)memory % (bytes % 16 == 0 ? 16 : 8), 0);
        for (size_t i = 0; i < bytes; i++) {
            assert_int_equal(memory[i], 0);
            memory[i] = 0xff;
        }
    }
    assert_true(arena_bytes(arena) >= 5000 / 37 * 2500);
}

static void arena__keeps_what_it_gave(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    const char *first = arena_text(arena, "first");
    char *big = arena_alloc(arena, 1000000);
    memset(big, 'x', 1000000);
    const char *formatted = arena_format(arena, "%s-%d", first, 7);
    const char *copy = arena_copy(arena, STR("a\0b"));
    assert_string_equal(first, "first");
    assert_string_equal(formatted, "first-7");
    assert_memory_equal(copy, "a\0b", 4);
    assert_null(arena_text(arena, NULL));
}

static void mem__vec_grows_and_moves(void **state)
{
    (void)state;
    struct {
        VEC(int);
    } list = {0};
    for (int i = 0; i < 1000; i++) {
        vec_push(&list, i);
    }
    assert_int_equal(list.count, 1000);
    assert_int_equal(list.items[999], 999);
    vec_release(&list);
    assert_null(list.items);
}

static void mem__copies_and_moves_text(void **state)
{
    (void)state;
    AUTO(text) char *text = mem_text("abc");
    AUTO(text) char *moved = STEAL(text);
    AUTO(text) char *part = mem_text_len("abc", 2);
    assert_null(text);
    assert_string_equal(moved, "abc");
    assert_string_equal(part, "ab");
    assert_null(mem_text(NULL));
    mem_free(mem_resize(mem_new(0), 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena__gives_zeroed_aligned_memory),
        cmocka_unit_test(arena__keeps_what_it_gave),
        cmocka_unit_test(mem__vec_grows_and_moves),
        cmocka_unit_test(mem__copies_and_moves_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
