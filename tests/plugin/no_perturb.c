/* An attack that cannot attack. */
#include <steppe/abi.h>

static steppe_status create(const steppe_host* host, const steppe_value* values, size_t count,
                            void** instance) {
  (void)host, (void)values, (void)count, (void)instance;
  return STEPPE_OK;
}
static void destroy(void* instance) { (void)instance; }
static steppe_ball ball(const void* instance) {
  (void)instance;
  return STEPPE_NO_BALL;
}

static const steppe_attack table = {.size = sizeof table, .ball = ball};
static const steppe_stage stage = {.size = sizeof stage,
                                   .kind = "attack",
                                   .name = "lame",
                                   .create = create,
                                   .destroy = destroy,
                                   .table = &table};
static const steppe_stage* const stages[] = {&stage};
static const steppe_plugin plugin = {.size = sizeof plugin,
                                     .abi_major = STEPPE_ABI_MAJOR,
                                     .abi_minor = STEPPE_ABI_MINOR,
                                     .build = "C",
                                     .stages = stages,
                                     .stage_count = 1};

const steppe_plugin* steppe_plugin_entry(void) { return &plugin; }
