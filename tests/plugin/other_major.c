/* A plugin of an interface to come. */
#include <steppe/abi.h>

static const steppe_plugin plugin = {
    .size = sizeof plugin, .abi_major = STEPPE_ABI_MAJOR + 1, .abi_minor = 0, .build = "C"};

const steppe_plugin* steppe_plugin_entry(void) { return &plugin; }
