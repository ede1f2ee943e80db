#include "src/base/secrets.h"

#include <gtest/gtest.h>

#include <string>

namespace nam56r::base {
namespace {

TEST(NamesSecret, LooksAtWholeWordsAndNotAtSizes) {
  for (const char* name :
       {"HF_TOKEN", "AWS_ACCESS_KEY_ID", "apiKey", "WANDB_API_KEY", "password", "DB_PASSWORDS",
        "MY_SECRET", "X-CREDENTIAL", "credentials", "KEY", "APIKEY", "secret2"}) {
    EXPECT_TRUE(NamesSecret(name)) << name;
  }
  for (const char* name : {"MONKEY", "TOKENIZERS_PARALLELISM", "KEYBOARD", "SECRETARY", "PATH", "",
                           "_", "NCCL_IB_HCA", "keystone", "NAM56R_M2RNN_KEY_HEAD_DIM"}) {
    EXPECT_FALSE(NamesSecret(name)) << name;
  }
}

TEST(LooksLikeSecret, KnowsKeysByPrefixShapeAndPlace) {
  const std::string letters = "AbCdEfGhIjKlMnOpQrStUvWxYz012345";
  for (const std::string& text :
       {"hf_" + letters, "token=hf_" + letters, "sk-" + letters, "ghp_" + letters,
        "github_pat_" + letters, std::string("AKIA") + "IOSFODNN7EXAMPLE",
        "x,xoxb-" + std::string("123456789012-abc"), std::string("glpat-") + "aBcDeFgHiJkLmNoP",
        std::string("-----BEGIN RSA PRIVATE KEY-----"), std::string("Bearer abc"),
        std::string("https://me:hunter2@example.org/x"), std::string("me:hunter2@db"),
        std::string("0123456789abcdef0123456789abcdef01234567"),
        std::string("123e4567-e89b-12d3-a456-426614174000"),
        std::string("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        std::string("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx")}) {
    EXPECT_TRUE(LooksLikeSecret(text)) << text;
  }
}

TEST(LooksLikeSecret, LeavesNamesAndSettingsAlone) {
  for (const char* text :
       {"", "nam56r-3584-28", "h200x8-fp8-tensorwise-liger-mtp2-ep8-micro-batch-12",
        "expandable_segments:True,max_split_size_mb:512", ":4096:8", "HuggingFaceTokenizer",
        "AEMEAEMEAEMR", "AEMEAEMEAEMRA|EMEAEMEAEMRAE|MEAEMEAEMRAEM|EAEMEAEMRAEME", "mlx5_0,mlx5_1",
        "clang++-headers", "hf_dataset", "NAM56R-Full-52-Layers-With-MTP-Depth-2-On-H200", "98,1,1",
        "9.0;12.1a", "megatron@0.19"}) {
    EXPECT_FALSE(LooksLikeSecret(text)) << text;
  }
}

TEST(WithoutSecrets, HidesValuesAndKeepsColumns) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"export HF_TOKEN=abc123 NCCL_DEBUG=INFO", "export HF_TOKEN=****** NCCL_DEBUG=INFO"},
      {"API_KEY=\"two words\" x", "API_KEY=\"*********\" x"},
      {"WANDB_API_KEY = 'abc'", "WANDB_API_KEY = '***'"},
      {"--wandb-api-key abc --lr 1e-4", "--wandb-api-key *** --lr 1e-4"},
      {"{\"password\": \"abc\"}", "{\"password\": \"***\"}"},
      {"curl https://me:hunter2@example.org/x", "curl ********************************"},
      {"HF_TOKEN=", "HF_TOKEN="},
      {"--api-key", "--api-key"},
      {"key = [\"dialect\"]", "key = [\"dialect\"]"},
      {"key_head_dim = 64", "key_head_dim = 64"},
      {"sha256:0123456789abcdef0123456789abcdef01234567,",
       "sha256:0123456789abcdef0123456789abcdef01234567,"},
      {"AWS_ACCESS_KEY_ID=abc", "AWS_ACCESS_KEY_ID=***"},
      {"--moe-token-dispatcher-type flex", "--moe-token-dispatcher-type flex"},
      {"--tokenizer-type NullTokenizer --hybrid-layer-pattern +EME+EME|EMM",
       "--tokenizer-type NullTokenizer --hybrid-layer-pattern +EME+EME|EMM"},
      {"", ""}};
  for (const auto& [line, shown] : cases) EXPECT_EQ(WithoutSecrets(line), shown);
}

}  // namespace
}  // namespace nam56r::base
