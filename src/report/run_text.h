#pragma once

#include <string>
#include <string_view>

#include "src/launch/receipt.h"
#include "src/launch/run.h"

namespace nam56r::report {

/// "succeeded", "failed", "interrupted".
std::string_view OutcomeName(launch::Outcome outcome);

/// What runs where: stage, layers, families, parameters and modules of each rank.
std::string RanksText(const contract::ReadContract& contract, const launch::BoundRun& run);

/// Before the first process starts: which contract, its layout and its batch.
std::string StartText(const contract::ReadContract& contract);

/// After the last one has ended: losses, speed, where the receipt is; for a failure, which rank
/// failed first and where its log is.
std::string ResultText(const launch::RunResult& result);

}  // namespace nam56r::report
