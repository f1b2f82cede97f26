/* A plugin built for another minor version: by OTHER_MINOR newer or older. */
#include <steppe/abi.h>

static const steppe_plugin plugin = {.size = sizeof plugin,
                                     .abi_major = STEPPE_ABI_MAJOR,
                                     .abi_minor = STEPPE_ABI_MINOR + (OTHER_MINOR),
                                     .build = "C"};

const steppe_plugin* steppe_plugin_entry(void) { return &plugin; }
