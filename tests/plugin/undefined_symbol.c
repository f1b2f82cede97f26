/* A plugin whose library needs something that is nowhere. */
#include <steppe/abi.h>

extern int defined_nowhere(void);

const steppe_plugin* steppe_plugin_entry(void) {
  return defined_nowhere() ? (const steppe_plugin*)0 : (const steppe_plugin*)0;
}
