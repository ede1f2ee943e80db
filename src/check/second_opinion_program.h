#pragma once

#include <string_view>

namespace nam56r::check {

/// The Python program that asks a checkout: second_opinion.py, as the build took it in.
extern const std::string_view kSecondOpinionProgram;

}  // namespace nam56r::check
