#pragma once

#include "src/base/diagnostic.h"
#include "src/seams/context.h"

namespace nam56r::contract {

/// Holds a layout and a schedule against the plan, for every backend. Surface policy; each finding
/// names both sides, the valid set and the way out:
///   LAYOUT0001 TP does not divide the attention heads   LAYOUT0002 ... the Mamba heads
///   LAYOUT0003 ... the Mamba groups                     LAYOUT0004 TP * PP * CP does not divide
///   world LAYOUT0005 EP * ETP * PP does not divide world      LAYOUT0006 EP and the experts
///   LAYOUT0007 global batch, micro-batch and DP         LAYOUT0008 VPP, PP and the schedule's kind
///   LAYOUT0009 micro-batches of an interleaved schedule LAYOUT0010 recipe mode author with TP > 1
///   LAYOUT0011 DualPipeV's conditions                   LAYOUT0012 SP without TP
///   LAYOUT0013 extra embeddings with TP                 LAYOUT0014 CP with recurrent layers
///   LAYOUT0015 TP does not divide the vocabulary        LAYOUT0016 ETP or TP and feed-forward
///   widths LAYOUT0017 MTP depth without an MTP block
base::Diagnostics CheckLayout(const seams::Context& context);

}  // namespace nam56r::contract
