// Codes of asking for a check, of waivers, and of a second opinion. Those of rules stand with the
// rules.
#include "src/contract/codes.h"

namespace nam56r::contract::internal {
namespace {

constexpr Code kCodes[] = {
    {"CHECK0002", "policy", "check", "A file of words cannot be read as a command line.",
     "A quote is open, a variable would need a shell, or it is no JSON array of texts; what was "
     "guessed would not be what is launched.",
     "--global-batch-size $GBS", "--global-batch-size 64"},
    {"CHECK0003", "policy", "check", "What to check was not said in one way.",
     "A contract has its policy, its dialect and its world size in it; a command line has none of "
     "them.",
     "nam56r check --argv args.txt",
     "nam56r check --argv args.txt --dialect megatron@0.19 --world 8"},
    {"POLICY0950", "policy", "check, contract",
     "A waiver does not say until which day it holds, and why.",
     "Who waives a finding answers for it; without a day it would hide what nobody remembers.",
     "POLICY1701 = \"known\" below [waivers]",
     "POLICY1701 = \"until 2030-01-31: the recorded run trains with it\""},
    {"POLICY0951", "policy", "check, contract", "A waiver names a code that no finding has.",
     "It would waive nothing, and look as if it did.", "POLCY1701 = \"...\" below [waivers]",
     "POLICY1701 = \"...\" below [waivers]"},
    {"POLICY0952", "policy", "check, contract", "A waiver names a finding that cannot be waived.",
     "The release itself refuses such a command line, or the inputs contradict each other: no run "
     "comes of it.",
     "PLAN1001 = \"...\" below [waivers]", "a world size that TP * PP * CP divides"},
    {"POLICY0953", "policy", "check, contract", "A waiver has expired.",
     "It was meant to be looked at again by that day.",
     "POLICY1701 = \"until 2020-01-31: ...\" below [waivers]",
     "a later day, with the reason that holds now"},
    {"POLICY0954", "policy", "check, contract", "A waiver waives nothing.",
     "What it waived is mended; left behind, it would hide the next one.",
     "POLICY1701 = \"...\" in a policy without that finding", "the policy without the waiver"},
    {"POLICY0955", "policy", "check --ask", "A Megatron checkout and this check do not agree.",
     "One of the two is wrong, or the checkout is not the release that was named.",
     "megatron@0.19 checked, a checkout of 0.18 asked", "a checkout of 0.19 asked"},
};

}  // namespace

std::span<const Code> CheckCodes() { return kCodes; }

}  // namespace nam56r::contract::internal
