#pragma once

#include <cstdint>
#include <optional>

#include "src/base/diagnostic.h"
#include "src/base/schema.h"
#include "src/contract/reader.h"
#include "src/host/host.h"
#include "src/launch/probe/report.h"

namespace nam56r::launch::probe {

/// Holds what was found against what the host file says and what the contract needs; either may be
/// null. Errors refuse a launch; all of surface host unless said otherwise:
///   PROBE0001 fewer GPUs than stated          PROBE0002 an item could not be probed (warning)
///   PROBE0003 another kind of GPU             PROBE0004 too little free GPU memory
///   PROBE0005 another version than stated     PROBE0006 /dev/shm is too small
///   PROBE0007 too little space on a disk      PROBE0008 too few files or processes
///   PROBE0009 too little memory may be locked PROBE0012 fewer cores than stated
///   PROBE0013 an interface or address that is not there
///   PROBE0014 a GPU that is not well          PROBE0015 the master's port is taken, or not reached
///   PROBE0016 a lock that nobody holds        PROBE0017 a cache of another configuration
///   PROBE0018 another file wins than stated, or another release of Megatron (seam)
///   PROBE0019 the Megatron checkout has changes (warning)
base::Diagnostics Compare(const ProbeReport& report, const base::Loaded<host::Host>* host,
                          const contract::ReadContract* contract);

/// Bytes that weights, gradients and optimizer state take at least on the rank that has most of
/// them; activations, contexts and communication come on top. Nothing where |contract| is native:
/// its ranks use no GPU.
std::optional<std::int64_t> LeastGpuBytes(const contract::ReadContract& contract);

}  // namespace nam56r::launch::probe
