/* A plugin that may call what this host does not have yet. */
#include <steppe/abi.h>

static const steppe_plugin plugin = {.size = sizeof plugin,
                                     .abi_major = STEPPE_ABI_MAJOR,
                                     .abi_minor = STEPPE_ABI_MINOR + 1,
                                     .build = "C"};

const steppe_plugin* steppe_plugin_entry(void) { return &plugin; }
