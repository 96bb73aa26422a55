/* SPDX-License-Identifier: MIT */
#include "cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include "base/error.h"

static volatile sig_atomic_t stop_count;
static volatile sig_atomic_t has_resized;
static volatile sig_atomic_t wake_descriptor = -1;

/* Everything that counts is in the journal, so leaving here loses nothing. */
static void on_stop(int number)
{
    (void)number;
    if (++stop_count > 1) {
        _exit(error_exit_code(ERR_INTERRUPTED));
    }
    if (wake_descriptor >= 0) {
        ssize_t written = write((int)wake_descriptor, "", 1);
        (void)written; /* a full pipe wakes as well */
    }
}

static void on_resize(int number)
{
    (void)number;
    has_resized = 1;
}

static void catch (int number, void (*handler)(int))
{
    struct sigaction action = {0};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL);
}

void signals_catch(int wake)
{
    wake_descriptor = wake;
    catch (SIGINT, on_stop);
    catch (SIGTERM, on_stop);
    catch (SIGHUP, on_stop);
    catch (SIGWINCH, on_resize);
    catch (SIGPIPE, SIG_IGN);
}

int signals_count(void)
{
    return (int)stop_count;
}

int signals_take_resize(void)
{
    int was = (int)has_resized;
    has_resized = 0;
    return was;
}
