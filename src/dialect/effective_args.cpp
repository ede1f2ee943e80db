#include "src/dialect/effective_args.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace nam56r::dialect {
namespace {

using Json = nlohmann::json;

const Json kNull;

}  // namespace

std::string Surroundings::Variable(const std::string& name) const {
  const auto it = environment.find(name);
  return it == environment.end() ? "" : it->second;
}

EffectiveArgs::EffectiveArgs(const Release& release, std::span<const std::string> argv,
                             Surroundings surroundings)
    : release_(&release), index_(&SurfaceIndex::Of(release)), slots_(index_->dests()) {
  surroundings.world_size = std::clamp<std::int64_t>(surroundings.world_size, 0, kMostSize);
  surroundings_ = std::make_shared<const Surroundings>(std::move(surroundings));
  Read(argv);
}

bool EffectiveArgs::Stops(ParseProblem::Kind kind) const {
  return std::any_of(problems_.begin(), problems_.end(),
                     [&](const ParseProblem& problem) { return problem.kind == kind; });
}

bool EffectiveArgs::Given(Dest dest) const {
  const std::size_t at = index_->FindDest(dest);
  return at != SurfaceIndex::kNone && slots_[at].flag != 0;
}

std::string_view EffectiveArgs::FlagOf(Dest dest) const {
  const std::size_t at = index_->FindDest(dest);
  if (at == SurfaceIndex::kNone) return {};
  if (slots_[at].flag != 0) return index_->Spelling(slots_[at].flag - 1U);
  return index_->ArgumentOf(at).flags.front();
}

std::size_t EffectiveArgs::WordOf(Dest dest) const {
  const std::size_t at = index_->FindDest(dest);
  return at != SurfaceIndex::kNone && slots_[at].flag != 0 ? slots_[at].word : kNoWord;
}

const Json& EffectiveArgs::Value(Dest dest) const {
  const std::size_t at = index_->FindDest(dest);
  if (at == SurfaceIndex::kNone) return kNull;
  const std::int16_t value = slots_[at].value;
  return value < 0 ? index_->Default(at) : values_[static_cast<std::size_t>(value)];
}

bool EffectiveArgs::On(Dest dest) const {
  const Json& value = Value(dest);
  switch (value.type()) {
    case Json::value_t::boolean:
      return value.get<bool>();
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return value.get<double>() != 0;
    case Json::value_t::string:
      return !value.get_ref<const std::string&>().empty();
    default:
      return !value.is_null() && !value.empty();
  }
}

std::int64_t EffectiveArgs::Int(Dest dest, std::int64_t otherwise) const {
  const Json& value = Value(dest);
  if (!value.is_number_integer()) return otherwise;
  const std::int64_t number = value.get<std::int64_t>();
  if (number >= -kMostSize && number <= kMostSize) return number;
  if (index_->IsCount(index_->FindDest(dest))) return number;
  return number < 0 ? -kMostSize : kMostSize;
}

double EffectiveArgs::Number(Dest dest, double otherwise) const {
  const Json& value = Value(dest);
  return value.is_number() ? value.get<double>() : otherwise;
}

std::string_view EffectiveArgs::View(Dest dest) const {
  const Json& value = Value(dest);
  return value.is_string() ? std::string_view(value.get_ref<const std::string&>())
                           : std::string_view();
}

bool EffectiveArgs::Lists(Dest dest, std::string_view item) const {
  const auto is = [&](const Json& one) {
    return one.is_string() && one.get_ref<const std::string&>() == item;
  };
  const Json& value = Value(dest);
  return value.is_array() ? std::any_of(value.begin(), value.end(), is) : is(value);
}

std::size_t EffectiveArgs::Size(Dest dest) const { return Value(dest).size(); }

void EffectiveArgs::Set(Dest dest, Json value) {
  const std::size_t at = index_->FindDest(dest);
  if (at != SurfaceIndex::kNone) Assign(slots_[at], std::move(value));
}

void EffectiveArgs::Assign(Slot& slot, Json value) {
  if (slot.value >= 0) {
    values_[static_cast<std::size_t>(slot.value)] = std::move(value);
    return;
  }
  slot.value = static_cast<std::int16_t>(values_.size());  // at most one a dest
  values_.push_back(std::move(value));
}

std::int64_t Product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  bool negative = false;
  bool zero = false;
  bool beyond = false;
  for (const std::int64_t factor : factors) {
    negative = negative != (factor < 0);
    zero = zero || factor == 0;
    beyond = beyond || __builtin_mul_overflow(product, factor, &product);
  }
  if (zero) return 0;
  if (!beyond) return product;
  return negative ? -std::numeric_limits<std::int64_t>::max()
                  : std::numeric_limits<std::int64_t>::max();
}

std::int64_t DataParallel(const EffectiveArgs& args) {
  std::int64_t tensor = args.Int("tensor_model_parallel_size", 1);
  // Ranks that share the shards of a weight hold no batch of their own.
  const std::int64_t shards = args.Int("tensor_parallel_num_weight_shards");
  if (tensor > 0 && shards > tensor && shards % tensor == 0) tensor = shards;
  const std::int64_t model = Product(
      {tensor, args.Int("pipeline_model_parallel_size", 1), args.Int("context_parallel_size", 1)});
  return model > 0 ? args.surroundings().world_size / model : 0;
}

std::string LayerPattern(const EffectiveArgs& args) {
  const std::string pattern = args.Text("hybrid_layer_pattern");
  return pattern.empty() ? args.Text("hybrid_override_pattern") : pattern;
}

std::int64_t LayersOfPattern(std::string_view pattern) {
  const std::string_view trunk = pattern.substr(0, pattern.find('/'));
  return static_cast<std::int64_t>(trunk.size()) - std::count(trunk.begin(), trunk.end(), '|');
}

std::vector<std::string_view> MtpBlocks(std::string_view pattern) {
  std::vector<std::string_view> blocks;
  for (std::size_t at = pattern.find('/'); at != std::string_view::npos;) {
    const std::size_t next = pattern.find('/', at + 1);
    blocks.push_back(pattern.substr(at + 1, next == std::string_view::npos ? next : next - at - 1));
    at = next;
  }
  return blocks;
}

std::int64_t MtpDepthOfPattern(std::string_view pattern) {
  const std::vector<std::string_view> blocks = MtpBlocks(pattern);
  const bool some = std::any_of(blocks.begin(), blocks.end(),
                                [](std::string_view block) { return !block.empty(); });
  return some ? static_cast<std::int64_t>(blocks.size()) : 0;
}

namespace {

// "Et|(tt|)*3,mL" has 5 stages: (...)*n and x*n repeat what stands before them
// (pipeline_parallel_layer_layout.py:parse_str_to_list).
std::int64_t StagesOfLayout(std::string_view layout) {
  constexpr std::int64_t kMost = 1 << 20;
  std::int64_t bars = 0;
  std::int64_t group = 0;  // bars of what a following '*' repeats
  std::int64_t open = -1;  // bars before the open parenthesis
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const char c = layout[i];
    if (c == '(') {
      open = bars;
    } else if (c == ')') {
      group = open < 0 ? 0 : bars - open;
      open = -1;
    } else if (c == '*') {
      std::int64_t times = 0;
      const char* end = layout.data() + layout.size();
      const auto [stop, error] = std::from_chars(layout.data() + i + 1, end, times);
      if (error != std::errc()) continue;
      bars += group * std::clamp<std::int64_t>(times - 1, 0, kMost);
      i = static_cast<std::size_t>(stop - layout.data()) - 1;
      group = 0;
    } else if (c != ',') {
      group = c == '|' ? 1 : 0;
      bars += group;
    }
    bars = std::min(bars, kMost);
  }
  return bars + 1;
}

}  // namespace

std::int64_t VirtualStages(const EffectiveArgs& args) {
  const std::int64_t stages = args.Int("pipeline_model_parallel_size", 1);
  if (stages <= 0) return 1;
  const std::string layout = args.Text("pipeline_model_parallel_layout");
  if (!layout.empty()) return StagesOfLayout(layout) / stages;
  const std::int64_t each = args.Int("num_virtual_stages_per_pipeline_rank");
  if (each > 0) return each;
  const std::int64_t layers_each = args.Int("num_layers_per_virtual_pipeline_stage");
  if (layers_each > 0) {
    std::int64_t layers = args.Int("num_layers");
    if (args.On("account_for_embedding_in_pipeline_split")) ++layers;
    if (args.On("account_for_loss_in_pipeline_split")) ++layers;
    return std::max<std::int64_t>(1, layers / stages / layers_each);
  }
  // Since 0.17 the pieces between '|' are the chunks; 0.16 does not know them.
  if (!args.Has("hybrid_layer_pattern")) return 1;
  const std::string pattern = LayerPattern(args);
  const std::string_view trunk = std::string_view(pattern).substr(0, pattern.find('/'));
  const std::int64_t segments = 1 + std::count(trunk.begin(), trunk.end(), '|');
  return segments > stages ? segments / stages : 1;
}

}  // namespace nam56r::dialect
