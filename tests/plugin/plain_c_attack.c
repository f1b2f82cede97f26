/* An attack in plain C, against abi.h alone: adds `shift` to everything. */
#include <steppe/abi.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
  double shift;
} attack;

static const steppe_scalar shift_default = {.real = 0.5};
static const steppe_parameter parameters[] = {{.size = sizeof(steppe_parameter),
                                               .name = "shift",
                                               .type = STEPPE_REAL,
                                               .fallback_count = 1,
                                               .fallback = &shift_default,
                                               .minimum = 0.0,
                                               .maximum = 10.0,
                                               .unit = "",
                                               .text = "what is added"}};

static steppe_status create(const steppe_host* host, const steppe_value* values, size_t count,
                            void** instance) {
  attack* self = malloc(sizeof *self);
  if (!self) return STEPPE_NO_MEMORY;
  self->shift = 0;
  for (size_t i = 0; i < count; ++i)
    if (strcmp(values[i].name, "shift") == 0) self->shift = values[i].items[0].real;
  if (self->shift == 7.0) {
    free(self);
    host->set_error(host, "'shift' is 7, and seven is out");
    return STEPPE_INVALID;
  }
  *instance = self;
  return STEPPE_OK;
}

static void destroy(void* instance) { free(instance); }

static steppe_ball ball(const void* instance) {
  (void)instance;
  return STEPPE_NO_BALL;
}

static steppe_status perturb(const void* instance, void* state, const steppe_host* host,
                             const steppe_point* point, const steppe_objective* objective,
                             const steppe_moment* moment) {
  (void)state, (void)objective, (void)moment;
  const steppe_operations* ops = host->operations;
  steppe_tensor* ones = NULL;
  steppe_status status = ops->create_like(host, point->values, &ones);
  if (status == STEPPE_OK) status = ops->fill(host, 1.0F, ones);
  if (status == STEPPE_OK)
    status = ops->axpy(host, (float)((const attack*)instance)->shift, ones, point->values);
  return status;
}

static const steppe_attack table = {
    .size = sizeof table, .strength = "shift", .ball_radius = "", .ball = ball, .perturb = perturb};
static const steppe_stage stage = {.size = sizeof stage,
                                   .kind = "attack",
                                   .name = "plain_c",
                                   .summary = "adds a constant",
                                   .text = "",
                                   .source = "",
                                   .version = "1",
                                   .example = "",
                                   .parameters = parameters,
                                   .parameter_count = 1,
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
