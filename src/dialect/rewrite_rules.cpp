#include "src/dialect/rewrite_rules.h"

#include <algorithm>
#include <array>
#include <map>

namespace nam56r::dialect {
namespace {

using nlohmann::json;

struct Prepared {
  const RewriteRule* rule;
  Dest dest;
  bool at_build;
};

// In their order, those of a release: chosen once, since every line of a batch goes through them.
const std::vector<Prepared>& RulesFor(int minor) {
  static const std::map<int, std::vector<Prepared>> chosen = [] {
    const std::array groups = {LayoutRewrites(),    ModelRewrites(),     PrecisionRewrites(),
                               OptimizerRewrites(), ExecutionRewrites(), BuildRewrites()};
    std::map<int, std::vector<Prepared>> all;
    for (const Release& release : Releases()) {
      for (std::size_t group = 0; group < groups.size(); ++group) {
        for (const RewriteRule& rule : groups[group]) {
          if (!rule.releases.Includes(release.minor)) continue;
          if (release.FindDest(rule.dest) == nullptr) continue;
          all[release.minor].push_back({&rule, rule.dest, group + 1 == groups.size()});
        }
      }
    }
    return all;
  }();
  return chosen.at(minor);
}

struct Change {
  Dest dest;
  json from;
  const RewriteRule* last;
};

}  // namespace

std::vector<Rewrite> ApplyRewrites(EffectiveArgs& args, const RewriteOptions& options) {
  std::vector<Change> changes;
  for (const auto& [rule, dest, at_build] : RulesFor(args.minor())) {
    if ((at_build && !options.at_build) || !rule->applies(args)) continue;
    json to = rule->to(args);
    const json& from = args.Value(dest);
    if (from == to && !rule->removes) continue;
    const auto is_dest = [&, wanted = dest.hash()](const Change& change) {
      return change.dest.hash() == wanted;
    };
    const auto change = std::find_if(changes.begin(), changes.end(), is_dest);
    if (change == changes.end()) {
      changes.push_back({dest, from, rule});
    } else {
      change->last = rule;
    }
    args.Set(dest, std::move(to));
  }
  std::vector<Rewrite> rewrites;
  rewrites.reserve(changes.size());
  for (auto& [dest, from, rule] : changes) {
    const bool given = args.Given(dest);
    const json& to = args.Value(dest);
    if (rule->removes ? !given && !options.unused_removals : to == from) continue;
    rewrites.push_back({std::string(rule->dest), std::string(args.FlagOf(dest)), std::move(from),
                        to, given, std::string(rule->why), std::string(rule->source)});
  }
  return rewrites;
}

}  // namespace nam56r::dialect
