/* steppe/abi.h - the whole binary contract between the host and a plugin.
 *
 * C11. No C++ type, no exception and no ownership of memory crosses this file: who allocates,
 * frees. Strings are UTF-8, owned by the side that made them and copied by the receiver before it
 * returns. Every table begins with its own size, so fields may be appended without breaking older
 * binaries: a field is read only if `size` covers it.
 *
 * Failure: a function returns a status; before it returns anything but STEPPE_OK it calls
 * `host->set_error` with one finished sentence (lower case, no full stop, names in '...').
 *
 * Threads: [setup] one thread, while a pipeline is checked; [one thread] never two calls at once
 * on one instance; [any thread] calls may overlap, the instance is read only.
 *
 * Authors in C++ include <steppe/attack.hpp> and its sisters instead: the same contract with a
 * C++20 face. */
#ifndef STEPPE_ABI_H
#define STEPPE_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STEPPE_EXPORT __attribute__((visibility("default")))
#define STEPPE_ABI_MAJOR 0 /* another major is refused */
/* Grows when fields are appended; older plugins still load. While the major is 0 nothing is
 * promised between minors, and another minor is refused as well. */
#define STEPPE_ABI_MINOR 6

typedef int32_t steppe_status;
enum {
  STEPPE_OK = 0,
  STEPPE_INVALID = 1,       /* the user can mend it: a setting, a file */
  STEPPE_NOT_SUPPORTED = 2, /* the host or the device does not offer it */
  STEPPE_NO_MEMORY = 3,
  STEPPE_INTERNAL = 4,
  STEPPE_CANCELLED = 5 /* `cancelled` said so and the stage stopped in good order */
};

/* ---- settings ---- */

typedef int32_t steppe_type;
enum {
  STEPPE_REAL = 0,
  STEPPE_INTEGER = 1,
  STEPPE_BOOLEAN = 2,
  STEPPE_TEXT = 3,
  STEPPE_CHOICE = 4,   /* one of `choices` */
  STEPPE_PATH = 5,     /* relative paths are resolved against the pipeline file by the host */
  STEPPE_REFERENCE = 6 /* the name of another stage, of kind `reference_kind` */
};

/* One scalar: the member that fits the type (text also for choice, path, reference). */
typedef union steppe_scalar {
  double real;
  int64_t integer;
  int32_t boolean;
  const char* text;
} steppe_scalar;

/* A setting as given, or its default. A scalar is an array with count 1 and is_array 0. */
typedef struct steppe_value {
  const char* name;
  steppe_type type;
  int32_t is_array;
  size_t count;
  const steppe_scalar* items;
} steppe_value;

/* What a plugin says about one of its settings. */
typedef struct steppe_parameter {
  uint32_t size;
  const char* name;
  steppe_type type;
  int32_t is_array;
  int32_t required; /* then `fallback` is ignored */
  size_t fallback_count;
  const steppe_scalar* fallback;
  double minimum, maximum;    /* inclusive; infinite when open; of every item */
  int32_t above_minimum;      /* 1: `minimum` itself is excluded */
  const char* unit;           /* "" when it has none */
  const char* text;           /* what it does, one line */
  const char* const* choices; /* ends with NULL; for STEPPE_CHOICE */
  const char* reference_kind; /* for STEPPE_REFERENCE */
} steppe_parameter;

/* ---- tensors and operations ---- */

/* float32, rows x columns, on the host's device. Its memory is reached by `map` only. */
typedef struct steppe_tensor steppe_tensor;

/* One named matrix of a flat buffer; offset in floats, a multiple of 64. What lies between two
 * segments is padding: always zero, in no norm, no count, no random index. */
typedef struct steppe_segment {
  const char* name;
  uint64_t offset, rows, columns;
} steppe_segment;

/* Where a stream of random numbers starts (Philox4x32-10, see <steppe/random.hpp>). */
typedef struct steppe_random {
  uint64_t key, stream;
} steppe_random;

typedef struct steppe_host steppe_host;

/* Coefficients of `adam_step`. */
typedef struct steppe_adam {
  uint32_t size;
  float shrink;                  /* of the weights, before anything else */
  float mean_new, mean_kept;     /* what comes to the mean, and what stays of it */
  float square_new, square_kept; /* the same of the mean square */
  float rate, root_factor, epsilon;
} steppe_adam;

/* Numbers made of numbers, each in double and rounded once. */
typedef int32_t steppe_row_factor;
enum {
  STEPPE_INVERSE = 0, /* share / (x + a); 0 where x + a is NaN or below the least normal float */
  STEPPE_SHRINK = 1,  /* 1 where x <= a, else a / x */
  STEPPE_INSIDE = 2   /* 1 where x <= a, else 0 */
};

/* Operations run in order on the device of their tensors; results that reach the host (map, dot)
 * wait. Every tensor of one call belongs to the host that is passed. Shapes are equal unless said.
 * [any thread], one thread a host. */
typedef struct steppe_operations {
  uint32_t size;
  /* A scratch tensor shaped like `like`; contents undefined; given back by `release`, or by the
   * host when the stage's call returns. */
  steppe_status (*create_like)(const steppe_host*, const steppe_tensor* like, steppe_tensor** out);
  void (*release)(const steppe_host*, steppe_tensor*);
  void (*shape)(const steppe_tensor*, uint64_t* rows, uint64_t* columns);
  /* NULL and 0 where the tensor is no flat buffer. */
  void (*segments)(const steppe_tensor*, const steppe_segment** items, size_t* count);
  /* Host access until `unmap`; row r starts at data + r * stride. */
  steppe_status (*map)(const steppe_host*, steppe_tensor*, float** data, uint64_t* stride);
  steppe_status (*unmap)(const steppe_host*, steppe_tensor*);

  steppe_status (*copy)(const steppe_host*, const steppe_tensor* from, steppe_tensor* to);
  steppe_status (*fill)(const steppe_host*, float value, steppe_tensor* y);
  /* y <- y + a x; a = 0 leaves y as it is, bit for bit */
  steppe_status (*axpy)(const steppe_host*, float a, const steppe_tensor* x, steppe_tensor* y);
  /* y <- a x + b y */
  steppe_status (*axpby)(const steppe_host*, float a, const steppe_tensor* x, float b,
                         steppe_tensor* y);
  /* y <- a x*x + b y */
  steppe_status (*axpby_square)(const steppe_host*, float a, const steppe_tensor* x, float b,
                                steppe_tensor* y);
  steppe_status (*scale)(const steppe_host*, float a, steppe_tensor* y);
  /* y <- y * x; x may be one row or one column */
  steppe_status (*multiply)(const steppe_host*, const steppe_tensor* x, steppe_tensor* y);
  /* y <- sign(x), sign(0) = 0 */
  steppe_status (*sign)(const steppe_host*, const steppe_tensor* x, steppe_tensor* y);
  steppe_status (*clamp)(const steppe_host*, float low, float high, steppe_tensor* y);
  /* y <- the point of the box |y - centre| <= radius nearest to y */
  steppe_status (*clamp_around)(const steppe_host*, const steppe_tensor* centre, float radius,
                                steppe_tensor* y);
  /* w <- w - a m / (sqrt(v) b + epsilon): the last line of Adam */
  steppe_status (*adaptive_step)(const steppe_host*, float a, const steppe_tensor* m, float b,
                                 const steppe_tensor* v, float epsilon, steppe_tensor* w);
  steppe_status (*dot)(const steppe_host*, const steppe_tensor* x, const steppe_tensor* y,
                       double* out);
  /* out (rows x 1) <- Euclidean norm of each row */
  steppe_status (*row_norms)(const steppe_host*, const steppe_tensor* x, steppe_tensor* out);
  /* Row r draws from the stream of `row_ids[r]` (event ids; 0 for weights). */
  steppe_status (*uniform)(const steppe_host*, steppe_random, const uint64_t* row_ids, float low,
                           float high, steppe_tensor* y);
  steppe_status (*normal)(const steppe_host*, steppe_random, const uint64_t* row_ids, float sigma,
                          steppe_tensor* y);
  /* A scratch tensor of any shape; as `create_like`. */
  steppe_status (*create)(const steppe_host*, uint64_t rows, uint64_t columns, steppe_tensor** out);
  /* y <- mask == 0 ? x : y, bit for bit; mask may be one row */
  steppe_status (*choose)(const steppe_host*, const steppe_tensor* mask, const steppe_tensor* x,
                          steppe_tensor* y);

  /* Several of the above in one sweep, with the bits of one after the other: all of Adam,
   *   w <- shrink w;  m <- mean_new g + mean_kept m;  v <- square_new g*g + square_kept v;
   *   w <- w - rate m / (sqrt(v) root_factor + epsilon) */
  steppe_status (*adam_step)(const steppe_host*, const steppe_adam*, const steppe_tensor* g,
                             steppe_tensor* m, steppe_tensor* v, steppe_tensor* w);
  /* y <- y + a sign(slope), then clamp_around unless `centre` is NULL; a = 0 adds nothing */
  steppe_status (*signed_step)(const steppe_host*, float a, const steppe_tensor* slope,
                               const steppe_tensor* centre, float radius, steppe_tensor* y);

  /* x (rows x 1): x[r] <- the factor of x[r], a and share[r]; `share` may be NULL: 1. */
  steppe_status (*row_factors)(const steppe_host*, steppe_row_factor, double a,
                               const steppe_tensor* share, steppe_tensor* x);
  /* A tensor shaped like `like`, zero, that nobody touches between the calls of this stage: what an
   * attack's state has on the device. It is the host's, which keeps it as long as the state. */
  steppe_status (*create_kept)(const steppe_host*, const steppe_tensor* like, steppe_tensor** out);
  /* chosen[i] <- 1 for the `count` entries with the smallest keys among those with from[i] != 0, 0
   * for all others; of equal keys (-0 and 0 are) the first, NaN last, and all where there are
   * fewer. The same bits on every device. Any of the three may be the same tensor. */
  steppe_status (*choose_smallest)(const steppe_host*, const steppe_tensor* keys,
                                   const steppe_tensor* from, uint64_t count,
                                   steppe_tensor* chosen);
} steppe_operations;

typedef int32_t steppe_log_level;
enum { STEPPE_NOTE = 0, STEPPE_WARNING = 1, STEPPE_DEBUG = 2 };

/* What the host offers to a stage for one call; valid during that call. */
struct steppe_host {
  uint32_t size;
  void* self;
  void (*set_error)(const steppe_host*, const char* sentence);
  void (*log)(const steppe_host*, steppe_log_level, const char* sentence);
  /* Work done of a total in a unit ("rows", "steps"); total 0: not known. */
  void (*progress)(const steppe_host*, uint64_t done, uint64_t total, const char* unit);
  /* 1 when the stage should stop soon and return STEPPE_CANCELLED. */
  int32_t (*cancelled)(const steppe_host*);
  /* The stage's own random stream for a purpose; the same for all matrix points of one trial. */
  steppe_random (*random)(const steppe_host*, const char* purpose, uint64_t epoch);
  const steppe_operations* operations;
};

/* ---- data ---- */

typedef int32_t steppe_role;
enum {
  STEPPE_FEATURE = 0,
  STEPPE_TARGET = 1, /* the class: 1 signal, 0 background; or 0 ... classes - 1; or a real value */
  STEPPE_WEIGHT = 2, /* event weight; 1 where a data set has none */
  STEPPE_MASK = 3,   /* 1 where the slot of the group is filled, 0 where it is padding */
  STEPPE_SIDE = 4    /* carried along, never a model input */
};

typedef int32_t steppe_column_kind;
enum { STEPPE_COLUMN_REAL = 0, STEPPE_COLUMN_INTEGER = 1, STEPPE_COLUMN_FLAG = 2 };

typedef struct steppe_column {
  const char* name; /* "constituent.3.log_pt", "jet.log_mass" */
  const char* unit; /* "" when it has none */
  steppe_role role;
  const char* group; /* "constituent", "jet", "" */
  int32_t slot;      /* 0, 1, ... inside the group; -1 where the group has none */
  steppe_column_kind kind;
  int32_t classes; /* of a target: how many classes there are, 2 at least; 0: it is a real value */
} steppe_column;

/* Where a reader or a transform puts what it has. `columns` comes first, once. */
typedef struct steppe_sink {
  uint32_t size;
  void* self;
  /* Declares the columns of every row. `domain` labels where the events come from ("pythia"). */
  steppe_status (*columns)(void* self, const steppe_column* items, size_t count,
                           const char* domain);
  /* `rows` events, row-major, one float a column, and one id each: the id of the hard event, the
   * same in every simulation of it. Copied. */
  steppe_status (*append)(void* self, size_t rows, const float* values, const uint64_t* event_ids);
  /* Readers: what a file gave, for the record and for the host's checks; `expected` rows, -1 when
   * the file does not say. */
  steppe_status (*file)(void* self, const char* path, uint64_t rows, int64_t expected);
} steppe_sink;

/* kind "reader": settings -> data set */
typedef struct steppe_reader {
  uint32_t size;
  /* Calls sink->columns, and may open files to learn them. [setup] */
  steppe_status (*columns)(void* instance, const steppe_host*, const steppe_sink*);
  /* Calls sink->columns, then sink->append in chunks. Same settings, same rows. [one thread] */
  steppe_status (*read)(void* instance, const steppe_host*, const steppe_sink*);
} steppe_reader;

/* Rows handed to a transform or a metric: row-major, one float a column. */
typedef struct steppe_rows {
  uint32_t size;
  size_t rows;
  const float* values;
  const uint64_t* event_ids;
} steppe_rows;

/* kind "transform": data set -> data set; chunk by chunk. It learns nothing from the data but what
 * `survey` counts. */
typedef struct steppe_transform {
  uint32_t size;
  /* Calls sink->columns for data with these input columns, or says what is missing. [setup] */
  steppe_status (*columns)(const void* instance, const steppe_host*, const steppe_column* items,
                           size_t count, const char* domain, const steppe_sink*);
  /* Appends what becomes of a chunk; rows may be dropped. `survey` is what the survey made, NULL
   * where there is none. [any thread] */
  steppe_status (*apply)(const void* instance, const void* survey, const steppe_host*,
                         const steppe_column* items, size_t count, const steppe_rows*,
                         const steppe_sink*);
  /* A transform that has to know all rows before it can do its work on one (how many there are of a
   * class) sees each of them here first, in order. All three are NULL where that is not needed.
   * [one thread] */
  steppe_status (*new_survey)(const void* instance, const steppe_host*, const steppe_column* items,
                              size_t count, void** survey);
  steppe_status (*survey)(const void* instance, void* survey, const steppe_host*,
                          const steppe_column* items, size_t count, const steppe_rows*);
  void (*free_survey)(void* survey);
} steppe_transform;

/* ---- models ---- */

/* An attribute of an operation: a value of type REAL, INTEGER, BOOLEAN or TEXT. */
typedef struct steppe_builder {
  uint32_t size;
  void* self;
  /* Features of the data set the model will be trained on; masks and the rest are left out. */
  const steppe_column* columns;
  size_t column_count;
  /* Node 0 is the input: one column a feature. Appends an operation and gives its node. */
  steppe_status (*add)(void* self, const char* operation, const uint64_t* inputs,
                       size_t input_count, const steppe_value* attributes, size_t attribute_count,
                       uint64_t* node);
  /* The node that is the output, of `outputs` columns. */
  steppe_status (*output)(void* self, uint64_t node);
  /* Columns the output must have: 1 (the logit of signal, or the value to predict), or one logit a
   * class. */
  uint64_t outputs;
} steppe_builder;

/* kind "model": input columns -> a graph of operations. Preprocessing listed under the model is
 * put in front by the host. */
typedef struct steppe_model {
  uint32_t size;
  steppe_status (*build)(const void* instance, const steppe_host*,
                         const steppe_builder*); /* [setup] */
} steppe_model;

/* ---- layers ---- */

/* What a layer's functions calculate in. A dual number is a value followed by its tangent. */
typedef int32_t steppe_arithmetic;
enum { STEPPE_F32 = 0, STEPPE_F64 = 1, STEPPE_DUAL32 = 2, STEPPE_DUAL64 = 3 };

/* Operands of a layer: dense and row-major, every entry a number of the arithmetic asked for. */
typedef struct steppe_layer_operands {
  uint32_t size;
  uint64_t rows;
  const void* const* x; /* one an input: rows x its columns */
  const void* weights;  /* NULL where there are none */
  void* y;              /* forward: rows x columns, to be written */
  const void* dy;       /* backward: the gradient of y */
  void* const* dx; /* backward: one an input, to be written; an entry is NULL if not asked for */
  void* dweights;  /* backward: to be written; NULL if not asked for */
} steppe_layer_operands;

/* kind "layer": an operation of models, called by the name of its stage; its attributes are the
 * stage's settings. From forward and backward on dual numbers the host makes both tangent passes.
 */
typedef struct steppe_layer {
  uint32_t size;
  uint64_t inputs; /* how many nodes it reads */
  /* The width of what it gives and how many weights it has, for inputs of these widths. [setup] */
  steppe_status (*shape)(const void* instance, const steppe_host*, const uint64_t* input_columns,
                         uint64_t* columns, uint64_t* weights);
  /* The weights training starts from; NULL: zeros. */
  steppe_status (*initialise)(const void* instance, const steppe_host*, steppe_random,
                              const uint64_t* input_columns, float* weights);
  /* Row by row: no row sees another. [any thread] */
  steppe_status (*forward)(const void* instance, const steppe_host*, steppe_arithmetic,
                           const uint64_t* input_columns, const steppe_layer_operands*);
  steppe_status (*backward)(const void* instance, const steppe_host*, steppe_arithmetic,
                            const uint64_t* input_columns, const steppe_layer_operands*);
} steppe_layer;

/* ---- attacks and projectors ---- */

typedef int32_t steppe_space;
enum { STEPPE_INPUTS = 0, STEPPE_WEIGHTS = 1 };

typedef int32_t steppe_quantity;
enum {
  STEPPE_LOSS = 0,
  STEPPE_LOGIT = 1 /* of signal; of several classes: that of the event's own class */
};

/* What an attack moves: a batch (one row an event) or the flat weights (one row). An attack need
 * not know which. Entries that must not move have gradient zero and are put back by the host. */
typedef struct steppe_point {
  uint32_t size;
  steppe_tensor* values;     /* rows x columns; moved in place */
  const uint64_t* row_ids;   /* event ids, for random streams; one 0 for weights */
  const steppe_tensor* mask; /* 1 may move, 0 may not; NULL: everything may */
  void* self;
  /* Brings values, shaped like the point, to where a walk of several steps may go on from. NULL:
   * it may go on from anywhere. The objective is that of the allowed point in any case. */
  steppe_status (*project)(void* self, steppe_tensor* values);
} steppe_point;

/* The function to raise: one value a row, never reduced over the batch (for weights: one row, the
 * weighted mean of the batch). */
typedef struct steppe_objective {
  uint32_t size;
  void* self;
  /* `values` rows x 1 and `gradient` like the point; either may be NULL, and is then not
   * computed. The point's mask is applied to the gradient. */
  steppe_status (*evaluate)(void* self, const steppe_tensor* point, steppe_quantity,
                            steppe_tensor* values, steppe_tensor* gradient);
  const steppe_tensor* labels; /* rows x 1; NULL in weight space */
  const steppe_tensor* event_weights;
  /* result <- H direction: the second derivatives of each row's loss with respect to that row (of
   * the weighted mean, in weight space), exact. Both are shaped like the point; masked entries of
   * both are zero. NULL where the host does not offer it. */
  steppe_status (*hessian)(void* self, const steppe_tensor* point, const steppe_tensor* direction,
                           steppe_tensor* result);
} steppe_objective;

/* When in a training it happens; all 0 outside one. */
typedef struct steppe_moment {
  uint32_t size;
  uint64_t epoch, epochs, step, batch;
} steppe_moment;

/* What an attack says about itself; the conformance suite holds it to this. */
enum {
  STEPPE_USES_VALUES = 1,
  STEPPE_USES_GRADIENT = 2,
  STEPPE_USES_LABELS = 4,
  STEPPE_USES_RANDOM = 8
};
typedef int32_t steppe_ball;
enum { STEPPE_NO_BALL = 0, STEPPE_MAX_NORM = 1, STEPPE_L2_NORM = 2 };

/* kind "attack": moves the point to raise the objective */
typedef struct steppe_attack {
  uint32_t size;
  const char* strength;    /* the setting that at 0 makes the attack the identity; "" if none */
  const char* ball_radius; /* the setting that bounds the move; "" if none */
  uint32_t uses;
  int32_t whole_data_set; /* 1: wants all events at once instead of a batch */
  /* Reads the norm of its ball from the settings of this instance. [setup] */
  steppe_ball (*ball)(const void* instance);
  /* State of one training; all three NULL when it has none. `save` is called with bytes NULL to
   * learn the count. */
  steppe_status (*new_state)(const void* instance, const steppe_host*, const steppe_point*,
                             void** state);
  void (*free_state)(void* state);
  steppe_status (*save)(const void* state, void* bytes, size_t* count);
  steppe_status (*restore)(void* state, const steppe_host*, const void* bytes, size_t count);
  /* [any thread, one a state] */
  steppe_status (*perturb)(const void* instance, void* state, const steppe_host*,
                           const steppe_point*, const steppe_objective*, const steppe_moment*);
  /* Optional (GSAM and its kin): from the gradient at the clean and at the moved weights, the one
   * to descend along, written over `moved`. */
  steppe_status (*descend)(const void* instance, void* state, const steppe_host*,
                           const steppe_tensor* clean, steppe_tensor* moved);
  /* What it moves where the pipeline file does not say. */
  steppe_space default_space;
} steppe_attack;

/* kind "projector": brings moved events back to what is allowed */
typedef struct steppe_projector {
  uint32_t size;
  /* `before` and `after`: rows x count, events before and after the move; `after` is changed in
   * place, and what is allowed keeps its bits. [any thread] */
  steppe_status (*project)(const void* instance, const steppe_host*, const steppe_column* items,
                           size_t count, const steppe_tensor* before, steppe_tensor* after);
  /* 1: a walk goes on from what it gives, step by step (the border of a box); 0: a walk goes on
   * from where it was, and only what is evaluated and what comes out is projected (an angle by its
   * other name, the nearest integer). */
  int32_t each_step;
} steppe_projector;

/* ---- training ---- */

/* kind "optimizer": flat weights, gradient and state -> weights moved */
typedef struct steppe_optimizer {
  uint32_t size;
  const char* const* state; /* names of the flat state buffers, ends with NULL; start as zero */
  /* `step` counts from 1. `learning_rate_factor` comes from the trainer's schedule. */
  steppe_status (*step)(const void* instance, const steppe_host*, uint64_t step,
                        double learning_rate_factor, const steppe_tensor* gradient,
                        steppe_tensor* const* state, steppe_tensor* weights);
} steppe_optimizer;

typedef int32_t steppe_split;
enum { STEPPE_TRAIN = 0, STEPPE_VALIDATION = 1, STEPPE_TEST = 2, STEPPE_ALL = 3 };

typedef struct steppe_evaluation {
  uint32_t size;
  uint64_t rows;
  double loss; /* weighted mean */
} steppe_evaluation;

/* A training as its trainer sees it: verbs on things the host owns. The host alone checkpoints;
 * what a trainer wants to find again after a resume it registers with `keep`. */
typedef struct steppe_session {
  uint32_t size;
  void* self;
  uint64_t train_rows, validation_rows;
  int32_t attacks; /* how many attacks the file lists; 0: clean training */
  /* Called once in `begin`: rows a batch, epochs planned, whether a last short batch is left out
   * (one of a single event always is). */
  steppe_status (*plan)(void* self, uint64_t batch, uint64_t epochs, int32_t drop_last);
  /* `bytes` live in the trainer's instance; saved and restored with the training. */
  steppe_status (*keep)(void* self, const char* name, void* bytes, size_t count);
  /* The next shuffled batch of this epoch becomes the current one; rows 0: the epoch is over. */
  steppe_status (*next_batch)(void* self, uint64_t* rows);
  /* Runs attack `index` on the current batch: the first `fraction` of its rows, or the weights
   * until the next `step`. */
  steppe_status (*attack)(void* self, int32_t index, double fraction);
  /* Forward and backward on the current batch: its loss joins the history, its gradient waits for
   * `step`. Nothing is waited for. */
  steppe_status (*gradient)(void* self);
  /* Scales the gradient down to this Euclidean norm if it is longer. */
  steppe_status (*clip)(void* self, double norm);
  steppe_status (*step)(void* self, double learning_rate_factor);
  /* Mean training loss since the last call. Refuses non-finite losses with step and batch. */
  steppe_status (*mean_loss)(void* self, double* loss);
  steppe_status (*evaluate)(void* self, steppe_split, steppe_evaluation* out);
  /* One number of the history, at this epoch. */
  steppe_status (*log)(void* self, const char* name, double value);
  /* Weights and statistics as they are now under a name, and back. The training ends with what
   * the session holds after the last epoch. */
  steppe_status (*store)(void* self, const char* name);
  steppe_status (*load)(void* self, const char* name);
  /* After `plan`: batches an epoch. */
  steppe_status (*batches)(void* self, uint64_t* count);
  /* After `plan`: what attack `index` moves. */
  steppe_status (*attacked_space)(void* self, int32_t index, steppe_space* space);
  /* Moves the weights and statistics stored under a name towards those of now: each becomes
   * keep * stored + (1 - keep) * now. The first time they are stored as they are. */
  steppe_status (*average)(void* self, const char* name, double keep);
  /* Running statistics of batch normalisation anew, for the weights of now: their means over the
   * batches of the training split, in its own order. */
  steppe_status (*renew_statistics)(void* self);
} steppe_session;

/* kind "trainer": orchestrates a session. One instance a training. */
typedef struct steppe_trainer {
  uint32_t size;
  steppe_status (*begin)(void* instance, const steppe_host*, const steppe_session*);
  /* `done` becomes 1 when this was the last epoch. [one thread] */
  steppe_status (*epoch)(void* instance, const steppe_host*, const steppe_session*, uint64_t epoch,
                         int32_t* done);
} steppe_trainer;

/* ---- measuring ---- */

/* Where numbers go. Uncertainties are one standard deviation; NaN: none. */
typedef struct steppe_results {
  uint32_t size;
  void* self;
  steppe_status (*value)(void* self, const char* name, double value, double uncertainty);
  /* A value that cannot be given, and why; shown instead of a number. */
  steppe_status (*undefined)(void* self, const char* name, const char* reason);
  steppe_status (*curve)(void* self, const char* name, const char* x_name, const char* y_name,
                         const double* x, const double* y, size_t count);
  /* Of a comparison: what follows belongs to this point of the study. Before the first call it
   * belongs to the study as a whole. */
  steppe_status (*at)(void* self, size_t point);
} steppe_results;

/* What one trained network gives on one data set. */
typedef struct steppe_scores {
  uint32_t size;
  size_t rows;
  const float* logits; /* rows x outputs */
  const float* labels; /* the target column */
  const float* weights;
  const uint64_t* event_ids;
  size_t outputs;               /* 1, or one a class */
  size_t classes;               /* of the target; 0: a real value */
  const float* attacked_logits; /* of the same events after the attack of [evaluate]; NULL: none */
} steppe_scores;

/* The study's points for a metric of scope "study": a table of numbers by name. Trials are points
 * of their own, told apart by the axis `trial`. */
typedef struct steppe_study {
  uint32_t size;
  size_t points;
  size_t axis_count;
  const char* const* axes;        /* names */
  const char* const* coordinates; /* points x axis_count, as text */
  void* self;
  /* @returns 0 when the point has no such value */
  int32_t (*value)(void* self, size_t point, const char* name, double* value, double* uncertainty);
  /* Domain ("pythia") of the data each point's network was trained on, and tested on. */
  const char* const* trained_on;
  const char* const* tested_on;
} steppe_study;

/* kind "metric": scores -> numbers. One of the two is NULL. */
typedef struct steppe_metric {
  uint32_t size;
  steppe_status (*measure)(const void* instance, const steppe_host*, const steppe_scores*,
                           const steppe_results*); /* [any thread] */
  steppe_status (*compare)(const void* instance, const steppe_host*, const steppe_study*,
                           const steppe_results*);
} steppe_metric;

/* What a sharpness measure walks on: the loss of a trained network in inference mode, on a private
 * copy of its weights, or of its events batch by batch. */
typedef struct steppe_landscape {
  uint32_t size;
  void* self;
  steppe_space space;
  /* The next piece: in weight space the weights, with the weighted mean loss of all events or of
   * one batch, as the file says; in input space one a batch, with one loss an event. `point` is a
   * fresh copy that may be moved. All three are good until the next call; `point` NULL: there is no
   * more. `events`: how many the piece stands for. */
  steppe_status (*next)(void* self, const steppe_point** point, const steppe_objective** objective,
                        uint64_t* events);
  /* What the network's last dense layer gets from the events of the current piece, a batch at a
   * time: `inputs` rows x units and `logits` rows x 1. NULL: there is no more. Refused where the
   * network does not end in such a layer. */
  steppe_status (*last_layer)(void* self, const steppe_tensor** inputs,
                              const steppe_tensor** logits, const steppe_tensor** event_weights);
  /* 1: every activation of the network is piecewise linear (or there is none). */
  int32_t piecewise_linear;
} steppe_landscape;

/* kind "sharpness": how sharp the minimum is that a training ended in */
typedef struct steppe_sharpness {
  uint32_t size;
  steppe_status (*measure)(const void* instance, const steppe_host*, const steppe_landscape*,
                           const steppe_results*); /* [any thread] */
} steppe_sharpness;

/* ---- the plugin ---- */

/* One stage: what a pipeline file calls by name. */
typedef struct steppe_stage {
  uint32_t size;
  const char* kind; /* "reader", "transform", "model", "layer", "attack", "projector", "optimizer",
                       "trainer", "metric", "sharpness" */
  const char* name; /* "fgsm" */
  const char* summary; /* one line */
  const char* text;    /* what it does, formulas and units; paragraphs split by empty lines */
  const char* source;  /* where it comes from: "eq. 7 of arXiv:2411.09296"; "" if nowhere */
  const char* version; /* of its results: change it when the same settings give other numbers */
  const char* example; /* a few lines of TOML; "" if none */
  const steppe_parameter* parameters;
  size_t parameter_count;
  /* Every parameter comes with a value, checked against the schema. [any thread] */
  steppe_status (*create)(const steppe_host*, const steppe_value* values, size_t count,
                          void** instance);
  void (*destroy)(void* instance);
  const void* table; /* const steppe_attack* when kind is "attack", and so on */
} steppe_stage;

typedef struct steppe_plugin {
  uint32_t size;
  uint32_t abi_major, abi_minor;
  const char* build; /* compiler and SDK, for messages */
  const steppe_stage* const* stages;
  size_t stage_count;
} steppe_plugin;

/* The one symbol a plugin exports. `size`, `abi_major` and `abi_minor` stay where they are in all
 * versions to come. */
STEPPE_EXPORT const steppe_plugin* steppe_plugin_entry(void);

#ifdef __cplusplus
}
#endif
#endif
