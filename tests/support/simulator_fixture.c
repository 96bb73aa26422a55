/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "support/simulator_fixture.h"

#include "data/json_read.h"
#include "data/yaml_read.h"
#include "simulator/sim_route.h"
#include "simulator/world_job.h"

struct world *fixture_world(struct arena *arena, const char *yaml, struct problems *problems)
{
    const struct value *file = NULL;
    assert_true(yaml_read(arena, "world.yaml", str_from(yaml), problems, &file));
    return world_new(file, (struct utc){FIXTURE_NOW}, problems);
}

void fixture_open(struct fixture *fixture, const char *yaml)
{
    AUTO(problems) struct problems problems = {0};
    *fixture = (struct fixture){.arena = arena_new()};
    fixture->world = fixture_world(fixture->arena, yaml, &problems);
    for (size_t i = 0; i < problems.count; i++) {
        print_error("%s\n", problems.items[i].error->text);
    }
    assert_non_null(fixture->world);
    fixture->world->is_virtual = true;
    sim_fault_init(&fixture->faults, true);
    sim_call_reply_init(&fixture->reply);
    fixture->request = (struct sim_request){
        .host = "127.0.0.1:4711",
        .authorization = "Bearer rehearsal",
        .content_type = "application/json; charset=utf-8",
        .client_request_id = "11111111-2222-4333-8444-555555555555",
        .now = {FIXTURE_NOW},
    };
}

void fixture_close(struct fixture *fixture)
{
    sim_call_reply_release(&fixture->reply);
    sim_fault_release(&fixture->faults);
    world_free(fixture->world);
    arena_free(fixture->arena);
}

void fixture_fault(struct fixture *fixture, const char *spec)
{
    struct error *error = sim_fault_add(&fixture->faults, spec);
    assert_null(error);
}

int fixture_ask(struct fixture *fixture, const char *method, const char *target, const char *body)
{
    sim_call_reply_release(&fixture->reply);
    sim_call_reply_init(&fixture->reply);
    fixture->request.method = method;
    fixture->request.target = target;
    fixture->request.body = str_from(body);
    sim_route_answer(fixture->world, &fixture->faults, &fixture->request, &fixture->reply);
    fixture->body = NULL;
    if (fixture->reply.body.len > 0) {
        AUTO(error)
        struct error *error =
            json_read(fixture->arena, "reply", buf_str(&fixture->reply.body), 0, &fixture->body);
        assert_null(error);
    }
    return fixture->reply.status;
}

int fixture_get(struct fixture *fixture, const char *target)
{
    return fixture_ask(fixture, "GET", target, NULL);
}

const char *fixture_text(const struct fixture *fixture, const char *path)
{
    return value_text(fixture->body, path);
}

const char *fixture_header(const struct fixture *fixture, const char *name)
{
    return headers_find(&fixture->reply.headers, name);
}

const struct value *fixture_list(const struct fixture *fixture)
{
    const struct value *list = value_find(fixture->body, "value");
    assert_non_null(list);
    return list;
}

const char *fixture_target(const char *url)
{
    static const char origin[] = "http://127.0.0.1:4711";
    assert_non_null(url);
    assert_true(str_starts_with(str_from(url), str_from(origin)));
    return url + sizeof(origin) - 1;
}

size_t fixture_job_count(const struct fixture *fixture)
{
    return world_vaults(fixture->world)->jobs.count;
}

const char *fixture_job_id(const struct fixture *fixture, size_t i)
{
    const struct world_job *job = world_vaults(fixture->world)->jobs.items[i];
    return job->id;
}
