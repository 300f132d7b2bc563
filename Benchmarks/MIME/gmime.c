/* Reads the messages of a folder with GMime, as `heliograph.swift` reads them with ours: everything that a program
 * would show. Prints the nanoseconds of the fastest round, and the octets of text and of files in one. */
#include <dirent.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t text_octets, file_octets;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void read_addresses(InternetAddressList *list) {
  int count = list ? internet_address_list_length(list) : 0;
  for (int index = 0; index < count; index++)
    internet_address_get_name(internet_address_list_get_address(list, index));
}

static void read_part(GMimeObject *parent, GMimeObject *part, gpointer unused) {
  (void)parent, (void)unused;
  const char *disposition = g_mime_object_get_disposition(part);
  if (GMIME_IS_TEXT_PART(part) && (!disposition || strcmp(disposition, "attachment"))) {
    char *text = g_mime_text_part_get_text((GMimeTextPart *)part);
    text_octets += text ? strlen(text) : 0;
    g_free(text);
  } else if (GMIME_IS_PART(part)) {
    GMimeStream *memory = g_mime_stream_mem_new();
    g_mime_part_get_filename((GMimePart *)part);
    g_mime_data_wrapper_write_to_stream(g_mime_part_get_content((GMimePart *)part), memory);
    file_octets += g_mime_stream_length(memory);
    g_object_unref(memory);
  }
}

static void read_message(GByteArray *bytes) {
  GMimeStream *stream = g_mime_stream_mem_new();
  g_mime_stream_mem_set_byte_array((GMimeStreamMem *)stream, bytes);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  g_mime_message_get_subject(message);
  read_addresses(g_mime_message_get_from(message));
  read_addresses(g_mime_message_get_to(message));
  read_addresses(g_mime_message_get_cc(message));
  g_mime_message_get_date(message);
  g_mime_message_foreach(message, read_part, NULL);
  g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  g_mime_init();
  struct dirent **entries;
  int count = scandir(argv[2], &entries, NULL, alphasort);
  GPtrArray *messages = g_ptr_array_new();
  for (int index = 0; index < count; index++) {
    gchar *path = g_build_filename(argv[2], entries[index]->d_name, NULL), *content;
    gsize length;
    if (entries[index]->d_name[0] == '.') continue;
    if (!g_file_get_contents(path, &content, &length, NULL)) return 1;
    GByteArray *bytes = g_byte_array_new_take((guint8 *)content, length);
    g_ptr_array_add(messages, bytes);
  }
  long long best = 0;
  for (int round = 0; round < atoi(argv[1]); round++) {
    text_octets = file_octets = 0;
    long long start = now();
    for (guint index = 0; index < messages->len; index++) read_message(messages->pdata[index]);
    long long taken = now() - start;
    if (!best || taken < best) best = taken;
  }
  printf("%lld %zu %zu\n", best, text_octets, file_octets);
  return 0;
}
