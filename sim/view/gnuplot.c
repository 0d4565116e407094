// SPDX-License-Identifier: Apache-2.0
#include "view/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/whole_file.h"

extern char **environ;

void snap_gnuplot_quote(struct snap_text *text, const char *string)
{
    snap_text_add(text, "'", 1);
    for (; *string != '\0'; string++) {
        /* A line end would end the command. */
        const char *piece = *string == '\n' ? " " : string;

        snap_text_add(text, piece, 1);
        if (*string == '\'')
            snap_text_add(text, "'", 1);
    }
    snap_text_add(text, "'", 1);
}

void snap_gnuplot_comment(struct snap_text *text, const char *string)
{
    snap_text_add_string(text, "# ");
    for (; *string != '\0'; string++)
        snap_text_add(text, (unsigned char)*string < ' ' ? "?" : string, 1);
    snap_text_add_string(text, "\n");
}

/* Line ends would break rows, and there is no way to write a quote within quotes. */
void snap_gnuplot_column(struct snap_text *text, const char *string)
{
    snap_text_add_string(text, " \"");
    for (; *string != '\0'; string++)
        snap_text_add(text, (unsigned char)*string < ' ' || *string == '"' ? "?" : string, 1);
    snap_text_add_string(text, "\"");
}

void snap_figure_begin(struct snap_figure *figure)
{
    snap_text_printf(&figure->script,
                     "# %s.gp: draw with  gnuplot %s.gp  (PNG)\n"
                     "# or               gnuplot -e \"format='svg'\" %s.gp\n"
                     "if (!exists(\"format\")) format = 'png'\n"
                     "set encoding utf8\n"
                     "if (format eq 'svg') {\n"
                     "    set terminal svg noenhanced size %u,%u font 'DejaVu Sans,13' "
                     "background '#FFFFFF'\n"
                     "} else {\n"
                     "    set terminal pngcairo noenhanced size %u,%u font 'DejaVu Sans,11'\n"
                     "}\n"
                     "if (!exists(\"target\")) target = '%s.'.format\n"
                     "set output target\n"
                     "data = '%s.dat'\n",
                     figure->name, figure->name, figure->name, figure->width, figure->height,
                     figure->width, figure->height, figure->name, figure->name);
}

void snap_figure_fini(struct snap_figure *figure)
{
    snap_text_fini(&figure->script);
    snap_text_fini(&figure->data);
}

uint32_t snap_figure_block(struct snap_figure *figure, const char *what, uint32_t columns)
{
    struct snap_text name = {0};

    snap_text_printf(&name, "block %u: %s", figure->block_count, what);
    snap_text_add_string(&figure->data, figure->block_count > 0 ? "\n\n" : "");
    snap_gnuplot_comment(&figure->data, snap_text_get(&name));
    snap_text_fini(&name);
    for (uint32_t i = 0; i < columns; i++)
        snap_text_add_string(&figure->data, i == 0 ? "NaN" : " NaN");
    snap_text_add_string(&figure->data, "\n");
    return figure->block_count++;
}

/* ---- running gnuplot ---- */

/* What gnuplot wrote, read from the start of an unnamed file. */
static void read_back(FILE *file, struct snap_text *text)
{
    char buffer[4096];
    size_t got;

    rewind(file);
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
        snap_text_add(text, buffer, got);
}

static bool gnuplot_missing(struct snap_error *error)
{
    return snap_error_set(error, SNAP_ERROR_IO,
                          "cannot run gnuplot, which draws the figures; install it with "
                          "apt-get install gnuplot-nox fonts-dejavu-core");
}

/* The first lines of gnuplot's own message are enough to see what is wrong. */
static bool gnuplot_failed(struct snap_error *error, FILE *messages)
{
    struct snap_text text = {0};

    read_back(messages, &text);
    snap_error_set(error, SNAP_ERROR_IO, "gnuplot failed: %.800s", snap_text_get(&text));
    snap_text_fini(&text);
    return false;
}

/* Where gnuplot's standard streams go, and the folder it runs in (NULL: this one). */
struct streams {
    FILE *in;
    FILE *out;
    FILE *messages;
    const char *directory;
};

static bool spawn_gnuplot(const struct streams *streams, char *const *arguments,
                          struct snap_error *error)
{
    posix_spawn_file_actions_t actions;
    int status = -1;
    int failure;
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(streams->in), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(streams->out), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(streams->messages), STDERR_FILENO);
    if (streams->directory)
        posix_spawn_file_actions_addchdir_np(&actions, streams->directory);
    failure = posix_spawnp(&pid, "gnuplot", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return gnuplot_missing(error);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    /* 127: this C library finds out only in the child that there is no such program. */
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return gnuplot_missing(error);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return gnuplot_failed(error, streams->messages);
    return true;
}

/* One call of gnuplot. */
struct job {
    const char *directory; /* to run in; NULL: this one */
    char *const *arguments;
    const struct snap_text *input; /* or NULL */
    struct snap_text *output;      /* appended to; or NULL */
};

/* gnuplot prints it behind what it drew: it does not notice when that finds no room. */
#define END_MARK "the end of the figure\n"

static bool write_input(FILE *file, const struct snap_text *input, struct snap_error *error)
{
    static const char print_mark[] = "\nset print '-'\nprint 'the end of the figure'\n";

    if (fwrite(input->data, 1, input->length, file) == input->length &&
        fwrite(print_mark, 1, strlen(print_mark), file) == strlen(print_mark) && fflush(file) == 0)
        return true;
    return snap_error_set(error, SNAP_ERROR_IO, "cannot write what gnuplot is to draw: %s",
                          strerror(errno));
}

static bool read_output(FILE *file, struct snap_text *output, struct snap_error *error)
{
    const size_t mark = strlen(END_MARK);

    read_back(file, output);
    if (output->length < mark || strcmp(output->data + output->length - mark, END_MARK) != 0)
        return snap_error_set(error, SNAP_ERROR_IO,
                              "gnuplot left a figure unfinished; is the disk full?");
    output->length -= mark;
    output->data[output->length] = '\0';
    return true;
}

static bool run_gnuplot(const struct job *job, struct snap_error *error)
{
    struct streams streams = {tmpfile(), tmpfile(), tmpfile(), job->directory};
    bool good = false;

    if (!streams.in || !streams.out || !streams.messages) {
        snap_error_set(error, SNAP_ERROR_IO, "cannot make a temporary file: %s", strerror(errno));
        goto done;
    }
    if (job->input && !write_input(streams.in, job->input, error))
        goto done;
    rewind(streams.in);
    good = spawn_gnuplot(&streams, job->arguments, error) &&
           (!job->output || read_output(streams.out, job->output, error));
done:
    if (streams.in)
        fclose(streams.in);
    if (streams.out)
        fclose(streams.out);
    if (streams.messages)
        fclose(streams.messages);
    return good;
}

/* ---- drawing ---- */

static bool write_file(const char *directory, const char *name, const struct snap_text *content,
                       struct snap_error *error)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return snap_whole_file_write(path, content, error);
}

static bool write_both(const struct snap_figure *figure, const char *directory,
                       struct snap_error *error)
{
    char script[256];
    char data[256];

    snprintf(script, sizeof(script), "%s.gp", figure->name);
    snprintf(data, sizeof(data), "%s.dat", figure->name);
    return write_file(directory, script, &figure->script, error) &&
           write_file(directory, data, &figure->data, error);
}

/* gnuplot does not notice a full disk: whether a picture is whole shows at its end. */
static bool check_picture(const char *path, const char *format, struct snap_error *error)
{
    const char *mark = strcmp(format, "svg") == 0 ? "</svg>" : "IEND";
    struct snap_text part = {0};
    char tail[17] = "";
    FILE *file;

    snap_whole_file_part(&part, path);
    file = fopen(part.data, "rb");
    snap_text_fini(&part);
    if (file && fseek(file, -(long)(sizeof(tail) - 1), SEEK_END) == 0 &&
        fread(tail, 1, sizeof(tail) - 1, file) > 0)
        for (size_t i = 0; i < sizeof(tail) - strlen(mark); i++)
            if (memcmp(tail + i, mark, strlen(mark)) == 0)
                mark = "";
    if (file)
        fclose(file);
    return *mark == '\0' || snap_error_set(error, SNAP_ERROR_IO,
                                           "cannot write %s: gnuplot left it unfinished; is "
                                           "the disk full?",
                                           path);
}

static bool draw_file(const struct snap_figure *figure, const char *directory, const char *format,
                      struct snap_error *error)
{
    char program[] = "gnuplot";
    char option[] = "-e";
    char variables[320];
    char script[256];
    char path[4096];
    char *arguments[] = {program, option, variables, script, NULL};

    snprintf(variables, sizeof(variables), "format='%s'; target='.%s.%s.part'", format,
             figure->name, format);
    snprintf(script, sizeof(script), "%s.gp", figure->name);
    snprintf(path, sizeof(path), "%s/%s.%s", directory, figure->name, format);
    if (run_gnuplot(&(struct job){directory, arguments, NULL, NULL}, error) &&
        check_picture(path, format, error))
        return snap_whole_file_place(path, error);
    snap_whole_file_drop(path);
    return false;
}

bool snap_figure_draw(const struct snap_figure *figure, const struct snap_figure_target *target,
                      struct snap_error *error)
{
    char program[] = "gnuplot";
    char from_input[] = "-";
    char *arguments[] = {program, from_input, NULL};

    if (target->format == SNAP_FIGURE_TERMINAL)
        return run_gnuplot(&(struct job){NULL, arguments, &figure->script, target->terminal},
                           error);
    return write_both(figure, target->directory, error) &&
           draw_file(figure, target->directory, target->format == SNAP_FIGURE_SVG ? "svg" : "png",
                     error);
}
