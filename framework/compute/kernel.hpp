// Inner loops, compiled for several instruction sets: those of the SDK, which plugins use as well.
#pragma once

#include <steppe/kernel.hpp>
