// A layer for OpenCL's loader (OPENCL_LAYERS) that lets a processor pass for an Intel GPU, so that
// tests of `gpu` run where there is none: on PoCL, with oneDNN 2.6.3. For tests alone.
//
// What it changes:
//  - a device says that it is a GPU by Intel. oneDNN believes that after it has found a section of
//    Intel's in the binary of a tiny kernel, so that kernel gets a binary with such a section,
//    which tells no architecture: oneDNN then keeps to kernels it has as source.
//  - its product is written for sub-groups, which PoCL has not; product.cl takes its place.
//  - options that the loader's other side does not know are left out.
//  - mapped memory is a copy, as behind a bus: what is written appears at unmap, and what is read
//    after unmap ends the program. Buffers still mapped at the end are counted on stderr.
// PRETEND_NO_DOUBLE=1 hides double precision, which many of Intel's GPUs do not have. For tests of
// what is said when something is missing: PRETEND_TWO=1 shows the device twice, PRETEND_VENDOR=1
// lets it be of another vendor, PRETEND_NO_SECTION=1 leaves the binary as it is,
// PRETEND_NO_PRODUCT=1 refuses oneDNN's product, PRETEND_MEMORY=<bytes> is all that it has.
#define _GNU_SOURCE
#include <CL/cl.h>
#include <CL/cl_layer.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const cl_icd_dispatch* below;  // what it would be without us
static cl_icd_dispatch ours;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/// The protocol of all of OpenCL's questions.
static cl_int answer(const void* value, size_t size, size_t room, void* to, size_t* needed) {
  if (needed) *needed = size;
  if (!to) return CL_SUCCESS;
  if (room < size) return CL_INVALID_VALUE;
  memcpy(to, value, size);
  return CL_SUCCESS;
}

// --- the device ---

static cl_int CL_API_CALL devices(cl_platform_id platform, cl_device_type type, cl_uint room,
                                  cl_device_id* found, cl_uint* count) {
  if (type & CL_DEVICE_TYPE_GPU) type |= CL_DEVICE_TYPE_CPU;
  const cl_int status = below->clGetDeviceIDs(platform, type, room, found, count);
  if (status != CL_SUCCESS || !getenv("PRETEND_TWO")) return status;
  if (count) *count = 2;
  if (found && room > 1) found[1] = found[0];
  return status;
}

static cl_int extensions(cl_device_id device, size_t room, void* to, size_t* needed) {
  char text[8192];
  size_t length = 0;
  const char more[] = " cl_intel_subgroups";
  const cl_int status = below->clGetDeviceInfo(device, CL_DEVICE_EXTENSIONS,
                                               sizeof text - sizeof more, text, &length);
  if (status != CL_SUCCESS) return status;
  strcat(text, more);
  return answer(text, strlen(text) + 1, room, to, needed);
}

/// 0: what the processor has.
static cl_ulong all_memory(void) {
  const char* said = getenv("PRETEND_MEMORY");
  return said ? strtoull(said, NULL, 10) : 0;
}

static cl_int CL_API_CALL device_info(cl_device_id device, cl_device_info what, size_t room,
                                      void* to, size_t* needed) {
  const cl_device_type gpu = CL_DEVICE_TYPE_GPU;
  const cl_uint intel = getenv("PRETEND_VENDOR") ? 0x10DE : 0x8086;
  const cl_device_fp_config none = 0;
  const cl_ulong memory = all_memory();
  switch (what) {
    case CL_DEVICE_TYPE:
      return answer(&gpu, sizeof gpu, room, to, needed);
    case CL_DEVICE_VENDOR_ID:
      return answer(&intel, sizeof intel, room, to, needed);
    case CL_DEVICE_EXTENSIONS:
      return extensions(device, room, to, needed);
    case CL_DEVICE_DOUBLE_FP_CONFIG:
      if (getenv("PRETEND_NO_DOUBLE")) return answer(&none, sizeof none, room, to, needed);
      break;
    case CL_DEVICE_GLOBAL_MEM_SIZE:
      if (memory) return answer(&memory, sizeof memory, room, to, needed);
  }
  return below->clGetDeviceInfo(device, what, room, to, needed);
}

// --- programs ---

/// An ELF file of one section, of the type in which Intel's compiler keeps a kernel: its header
/// says that the device's family is 0, which none is.
static struct {
  unsigned char header[64];
  unsigned char section[64];
  uint32_t kernel[7];
} intel_binary;

static void make_intel_binary(void) {
  static const unsigned char opening[] = {0x7F, 'E', 'L', 'F', 2, 1, 1};
  const uint64_t at_section = 64, at_kernel = 128, size = sizeof intel_binary.kernel;
  const uint16_t section_size = 64, sections = 1;
  const uint32_t type = 0xFF000005U;
  const uint32_t kernel[7] = {0x494E5443U, 1, 0, 8, 1, 0, 0};
  memcpy(intel_binary.header, opening, sizeof opening);
  memcpy(intel_binary.header + 40, &at_section, sizeof at_section);
  memcpy(intel_binary.header + 58, &section_size, sizeof section_size);
  memcpy(intel_binary.header + 60, &sections, sizeof sections);
  memcpy(intel_binary.section + 4, &type, sizeof type);
  memcpy(intel_binary.section + 24, &at_kernel, sizeof at_kernel);
  memcpy(intel_binary.section + 32, &size, sizeof size);
  memcpy(intel_binary.kernel, kernel, sizeof kernel);
}

/// Programs whose binary oneDNN looks at.
static cl_program probes[256];
static size_t probe_count;

static size_t probe_at(cl_program program) {
  size_t i = 0;
  while (i < probe_count && probes[i] != program) ++i;
  return i;
}

static char* text_of_file(const char* path) {
  char* text = NULL;
  size_t size = 0;
  FILE* file = fopen(path, "r");
  if (!file || getdelim(&text, &size, '\0', file) < 0) {
    fprintf(stderr, "pretend: cannot read %s\n", path);
    abort();
  }
  fclose(file);
  return text;
}

static int contains(const char* text, size_t length, const char* word) {
  return memmem(text, length, word, strlen(word)) != NULL;
}

static cl_program CL_API_CALL program_of(cl_context context, cl_uint count, const char** texts,
                                         const size_t* lengths, cl_int* status) {
  int product = 0, probe = 0;
  for (cl_uint i = 0; i < count; ++i) {
    const size_t length = lengths && lengths[i] ? lengths[i] : strlen(texts[i]);
    product |= contains(texts[i], length, "gen9_gemm_nocopy_f32");
    probe |= contains(texts[i], length, "kernel void _(){}");
  }
  cl_program program;
  if (product && getenv("PRETEND_NO_PRODUCT")) {
    if (status) *status = CL_OUT_OF_RESOURCES;
    program = NULL;
  } else if (product) {
    char* text = text_of_file(PRETEND_PRODUCT);
    const char* only = text;
    program = below->clCreateProgramWithSource(context, 1, &only, NULL, status);
    free(text);
  } else {
    program = below->clCreateProgramWithSource(context, count, texts, lengths, status);
  }
  pthread_mutex_lock(&lock);
  if (probe && program && !getenv("PRETEND_NO_SECTION") &&
      probe_count < sizeof probes / sizeof *probes)
    probes[probe_count++] = program;
  pthread_mutex_unlock(&lock);
  return program;
}

static cl_int CL_API_CALL release_program(cl_program program) {
  pthread_mutex_lock(&lock);
  const size_t i = probe_at(program);
  if (i < probe_count) probes[i] = probes[--probe_count];
  pthread_mutex_unlock(&lock);
  return below->clReleaseProgram(program);
}

static cl_int CL_API_CALL program_info(cl_program program, cl_program_info what, size_t room,
                                       void* to, size_t* needed) {
  const size_t size = sizeof intel_binary;
  pthread_mutex_lock(&lock);
  const int probe = probe_at(program) < probe_count;
  pthread_mutex_unlock(&lock);
  if (probe && what == CL_PROGRAM_BINARY_SIZES) return answer(&size, sizeof size, room, to, needed);
  if (probe && what == CL_PROGRAM_BINARIES) {
    if (to) memcpy(*(unsigned char**)to, &intel_binary, size);
    if (needed) *needed = sizeof(unsigned char*);
    return CL_SUCCESS;
  }
  return below->clGetProgramInfo(program, what, room, to, needed);
}

static cl_int CL_API_CALL build(cl_program program, cl_uint count, const cl_device_id* on,
                                const char* options, void(CL_CALLBACK* done)(cl_program, void*),
                                void* data) {
  static const char newer[] = "-cl-std=CL2.0", older[] = "-cl-std=CL1.2";
  // oneDNN asks kernels for the types of their arguments.
  static const char more[] = " -cl-kernel-arg-info -w";
  const size_t length = options ? strlen(options) : 0;
  char* all = calloc(1, length + sizeof more);
  if (!all) return CL_OUT_OF_HOST_MEMORY;
  if (options) memcpy(all, options, length);
  for (char* at = all; (at = strstr(at, newer));) memcpy(at, older, sizeof older - 1);
  strcat(all, more);
  const cl_int status = below->clBuildProgram(program, count, on, all, done, data);
  free(all);
  return status;
}

// --- memory ---

/// Of buffers that were made; what is given back is not counted.
static cl_ulong taken;

static cl_mem CL_API_CALL buffer_of(cl_context context, cl_mem_flags flags, size_t size, void* data,
                                    cl_int* status) {
  const cl_ulong all = all_memory();
  pthread_mutex_lock(&lock);
  taken += size;
  const int full = all && taken > all;
  pthread_mutex_unlock(&lock);
  if (!full) return below->clCreateBuffer(context, flags, size, data, status);
  if (status) *status = CL_MEM_OBJECT_ALLOCATION_FAILURE;
  return NULL;
}

struct mapping {
  struct mapping* next;
  cl_mem buffer;
  char *shown, *real;  // to the program, by the device
  size_t size, pages;
};
static struct mapping* mappings;

static void* CL_API_CALL map(cl_command_queue queue, cl_mem buffer, cl_bool wait,
                             cl_map_flags flags, size_t offset, size_t size, cl_uint count,
                             const cl_event* after, cl_event* event, cl_int* status) {
  (void)wait;  // the copy has to be made now
  char* real = below->clEnqueueMapBuffer(queue, buffer, CL_TRUE, flags, offset, size, count, after,
                                         event, status);
  struct mapping* made = real ? calloc(1, sizeof *made) : NULL;
  if (!made) return NULL;
  const size_t page = 4096;
  made->buffer = buffer;
  made->real = real;
  made->size = size;
  made->pages = (size + page - 1) / page * page;
  made->shown = mmap(NULL, made->pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made->shown == MAP_FAILED) abort();
  memcpy(made->shown, real, size);
  pthread_mutex_lock(&lock);
  made->next = mappings;
  mappings = made;
  pthread_mutex_unlock(&lock);
  return made->shown;
}

static cl_int CL_API_CALL unmap(cl_command_queue queue, cl_mem buffer, void* shown, cl_uint count,
                                const cl_event* after, cl_event* event) {
  pthread_mutex_lock(&lock);
  struct mapping** at = &mappings;
  while (*at && ((*at)->shown != shown || (*at)->buffer != buffer)) at = &(*at)->next;
  struct mapping* found = *at;
  if (found) *at = found->next;
  pthread_mutex_unlock(&lock);
  if (!found) {
    fprintf(stderr, "pretend: unmap of memory that is not mapped\n");
    return CL_INVALID_VALUE;
  }
  char* real = found->real;
  memcpy(real, found->shown, found->size);
  // The address stays taken, so that no later mapping can hide that this one is still used.
  mmap(shown, found->pages, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
       0);
  free(found);
  return below->clEnqueueUnmapMemObject(queue, buffer, real, count, after, event);
}

__attribute__((destructor)) static void count_mappings(void) {
  size_t count = 0;
  for (const struct mapping* each = mappings; each; each = each->next) ++count;
  if (count > 0) fprintf(stderr, "pretend: %zu buffers are still mapped at the end\n", count);
}

// --- what the loader asks for ---

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void* to,
                                               size_t* needed) {
  static const char name[] = "pretend";
  const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
  if (what == CL_LAYER_API_VERSION) return answer(&version, sizeof version, room, to, needed);
  if (what == CL_LAYER_NAME) return answer(name, sizeof name, room, to, needed);
  return CL_INVALID_VALUE;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const cl_icd_dispatch* target,
                                            cl_uint* our_entries, const cl_icd_dispatch** layer) {
  if (!target || !our_entries || !layer || entries < sizeof ours / sizeof(void*))
    return CL_INVALID_VALUE;
  make_intel_binary();
  below = target;
  ours = *target;
  ours.clGetDeviceIDs = devices;
  ours.clGetDeviceInfo = device_info;
  ours.clCreateProgramWithSource = program_of;
  ours.clReleaseProgram = release_program;
  ours.clGetProgramInfo = program_info;
  ours.clBuildProgram = build;
  ours.clCreateBuffer = buffer_of;
  ours.clEnqueueMapBuffer = map;
  ours.clEnqueueUnmapMemObject = unmap;
  *layer = &ours;
  *our_entries = sizeof ours / sizeof(void*);
  return CL_SUCCESS;
}
