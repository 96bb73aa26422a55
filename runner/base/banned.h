/* SPDX-License-Identifier: MIT */
/* banned: functions this program does not call; every file gets this header by -include.
 *
 * Not here: a list of bad style, only calls with a safer helper of our own:
 *   numbers        number_parse()            (range and rest checked, no locale)
 *   text           buf_*, arena_text()       (bounded)
 *   memory         mem_new(), arena_alloc()  (out of memory aborts in one place)
 *   time           clock_*, utc_*            (the clock is a parameter)
 * base/mem.c alone takes the memory names back with #undef. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define BANNED(name) name##_is_banned_see_base_banned_h

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef strdup
#undef strndup
#define strcpy(a, b) BANNED(strcpy)
#define strcat(a, b) BANNED(strcat)
#define strncpy(a, b, c) BANNED(strncpy)
#define strncat(a, b, c) BANNED(strncat)
#define sprintf(...) BANNED(sprintf)
#define vsprintf(a, b, c) BANNED(vsprintf)
#define strtok(a, b) BANNED(strtok)
#define strdup(a) BANNED(strdup)
#define strndup(a, b) BANNED(strndup)
#define atoi(a) BANNED(atoi)
#define atol(a) BANNED(atol)
#define atoll(a) BANNED(atoll)
#define atof(a) BANNED(atof)
#define strtol(a, b, c) BANNED(strtol)
#define strtoll(a, b, c) BANNED(strtoll)
#define strtoul(a, b, c) BANNED(strtoul)
#define strtoull(a, b, c) BANNED(strtoull)
#define strtod(a, b) BANNED(strtod)
#define sscanf(...) BANNED(sscanf)
#define gets(a) BANNED(gets)
#define gmtime(a) BANNED(gmtime)
#define localtime(a) BANNED(localtime)
#define ctime(a) BANNED(ctime)
#define asctime(a) BANNED(asctime)
#define rand() BANNED(rand)
#define srand(a) BANNED(srand)
#define random() BANNED(random)
#define tmpnam(a) BANNED(tmpnam)
#define system(a) BANNED(system)
#define popen(a, b) BANNED(popen)
#define malloc(a) BANNED(malloc)
#define calloc(a, b) BANNED(calloc)
#define realloc(a, b) BANNED(realloc)
#define free(a) BANNED(free)

#endif
