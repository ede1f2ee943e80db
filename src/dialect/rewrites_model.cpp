#include "src/dialect/rewrite_rules.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using Args = EffectiveArgs;

constexpr std::string_view kValidate = "arguments.py:validate_args";

json False(const Args&) { return false; }
json True(const Args&) { return true; }

bool HasPattern(const Args& a) { return !a.IsNull("hybrid_layer_pattern"); }

// "A" and "B" twice -> "A/B/B".
json WithMtpBlocks(const Args& a) {
  std::string pattern = a.Text("hybrid_layer_pattern");
  constexpr std::int64_t kMost = 64;
  for (std::int64_t i = 0; i < std::min(a.Int("mtp_num_layers"), kMost); ++i) {
    pattern += '/' + a.Text("mtp_hybrid_override_pattern");
  }
  return pattern;
}

bool MtpBlockIsApart(const Args& a) {
  return !a.IsNull("mtp_hybrid_override_pattern") && a.Int("mtp_num_layers") > 0 &&
         a.Text("hybrid_layer_pattern").find('/') == std::string::npos;
}

constexpr RewriteRule kRules[] = {
    // Layers. 0.16 leaves the pattern to the model: it wants --num-layers and reads no suffix.
    {.dest = "hybrid_layer_pattern",
     .applies = [](const Args& a) { return !a.IsNull("hybrid_override_pattern"); },
     .to = [](const Args& a) { return a.Value("hybrid_override_pattern"); },
     .why = "--hybrid-override-pattern is its old name",
     .source = kValidate,
     .releases = {.since = 17}},
    {.dest = "hybrid_layer_pattern",
     .applies = MtpBlockIsApart,
     .to = WithMtpBlocks,
     .why = "--mtp-hybrid-override-pattern is appended once for each MTP depth",
     .source = kValidate,
     .releases = {.since = 17}},
    {.dest = "mtp_hybrid_override_pattern",
     .applies =
         [](const Args& a) {
           return !a.IsNull("mtp_hybrid_override_pattern") && a.Int("mtp_num_layers") > 0 &&
                  a.Text("hybrid_layer_pattern")
                      .ends_with('/' + a.Text("mtp_hybrid_override_pattern")) &&
                  a.Given("mtp_hybrid_override_pattern");
         },
     .to = [](const Args&) -> json { return nullptr; },
     .why = "became a part of --hybrid-layer-pattern",
     .source = kValidate,
     .releases = {.since = 17}},
    {.dest = "num_layers",
     .applies = HasPattern,
     .to = [](const Args& a) -> json { return LayersOfPattern(a.Text("hybrid_layer_pattern")); },
     .why = "the number of layers is read off --hybrid-layer-pattern",
     .source = kValidate,
     .releases = {.since = 17}},
    {.dest = "mtp_num_layers",
     .applies = [](const Args& a) { return MtpDepthOfPattern(a.Text("hybrid_layer_pattern")) > 0; },
     .to = [](const Args& a) -> json { return MtpDepthOfPattern(a.Text("hybrid_layer_pattern")); },
     .why = "the MTP depth is read off --hybrid-layer-pattern",
     .source = kValidate,
     .releases = {.since = 17}},
    {.dest = "multi_latent_attention",
     .applies =
         [](const Args& a) {
           return a.Text("hybrid_layer_pattern").find('D') != std::string::npos;
         },
     .to = True,
     .why = "the pattern has a layer D, which is a kind of MLA",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "multi_latent_attention",
     .applies =
         [](const Args& a) {
           return a.Text("hybrid_layer_pattern").find('+') != std::string::npos;
         },
     .to = True,
     .why = "the pattern has a layer +, which is MLA",
     .source = kValidate,
     .releases = {.since = 19}},
    {.dest = "encoder_num_layers",
     .applies = [](const Args& a) { return !a.IsNull("num_layers"); },
     .to = [](const Args& a) { return a.Value("num_layers"); },
     .why = "copied from num_layers",
     .source = kValidate},
    {.dest = "num_layers",
     .applies = [](const Args& a) { return a.IsNull("num_layers"); },
     .to = [](const Args& a) { return a.Value("encoder_num_layers"); },
     .why = "copied from --encoder-num-layers",
     .source = kValidate},

    // Sizes.
    {.dest = "ffn_hidden_size",
     .applies = [](const Args& a) { return a.IsNull("ffn_hidden_size"); },
     .to = [](const Args& a) -> json {
       const std::int64_t hidden = a.Int("hidden_size");
       // int((4 * hidden * 2 / 3) / 64) * 64
       return a.On("swiglu") ? 8 * hidden / 3 / 64 * 64 : 4 * hidden;
     },
     .why = "four times the hidden size where none is given, two thirds of that with SwiGLU",
     .source = kValidate},
    {.dest = "kv_channels",
     .applies =
         [](const Args& a) { return a.IsNull("kv_channels") && a.Int("num_attention_heads") > 0; },
     .to = [](const Args& a) -> json {
       return a.Int("hidden_size") / a.Int("num_attention_heads");
     },
     .why = "hidden size by heads; MLA has its own sizes and does not read it",
     .source = kValidate},
    {.dest = "encoder_seq_length",
     .applies = [](const Args& a) { return !a.IsNull("seq_length"); },
     .to = [](const Args& a) { return a.Value("seq_length"); },
     .why = "copied from --seq-length",
     .source = kValidate},
    {.dest = "seq_length",
     .applies = [](const Args& a) { return a.IsNull("seq_length"); },
     .to = [](const Args& a) { return a.Value("encoder_seq_length"); },
     .why = "copied from --encoder-seq-length",
     .source = kValidate},

    // Biases, positions.
    {.dest = "bias_gelu_fusion",
     .applies = [](const Args& a) { return !a.On("add_bias_linear"); },
     .to = False,
     .why = "there is no bias to fuse",
     .source = kValidate},
    {.dest = "add_qkv_bias",
     .applies = [](const Args& a) { return a.On("add_bias_linear"); },
     .to = True,
     .why = "linear layers have biases, those of attention among them",
     .source = kValidate},
    {.dest = "position_embedding_type",
     .applies = [](const Args& a) { return a.On("use_rotary_position_embeddings"); },
     .to = [](const Args&) -> json { return "rope"; },
     .why = "--use-rotary-position-embeddings stands for it",
     .source = kValidate},
    {.dest = "apply_rope_fusion",
     .applies = [](const Args& a) { return !a.Is("position_embedding_type", "rope"); },
     .to = False,
     .why = "there are no rotary embeddings to fuse",
     .source = kValidate},
    {.dest = "attention_softmax_in_fp32",
     .applies = [](const Args& a) { return a.On("apply_query_key_layer_scaling"); },
     .to = True,
     .why = "--apply-query-key-layer-scaling asks for it",
     .source = kValidate},

    // Experts.
    {.dest = "num_experts",
     .applies = [](const Args& a) { return !a.IsNull("num_experts") && a.Int("num_experts") == 0; },
     .to = [](const Args&) -> json { return nullptr; },
     .why = "no experts",
     .source = kValidate},
    {.dest = "moe_ffn_hidden_size",
     .applies =
         [](const Args& a) { return !a.IsNull("num_experts") && a.IsNull("moe_ffn_hidden_size"); },
     .to = [](const Args& a) { return a.Value("ffn_hidden_size"); },
     .why = "experts are as wide as a dense layer where no width is given",
     .source = kValidate},
};

}  // namespace

std::span<const RewriteRule> ModelRewrites() { return kRules; }

}  // namespace nam56r::dialect
