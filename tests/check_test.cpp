// `nam56r check` as a person and a script run it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "src/base/temporary_directory.h"
#include "tests/run_program.h"

namespace nam56r::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

// A small GPT that every release takes, with TP 2.
constexpr const char* kWords =
    "--num-layers 4 --hidden-size 64 \\\n"
    "  --num-attention-heads 4 --seq-length 64 --max-position-embeddings 64\n"
    "--micro-batch-size 1 --global-batch-size 8 # of 4 data-parallel ranks\n"
    "--train-iters 10 --lr 1e-4 --min-lr 1e-5 --bf16 --mock-data\n"
    "--tokenizer-type NullTokenizer --vocab-size 1024\n"
    "--tensor-model-parallel-size 2\n";

class CheckCli : public ::testing::Test {
 protected:
  static ProgramResult Run(std::vector<std::string> words) {
    words.insert(words.begin(), {NAM56R_PROGRAM, "check"});
    return RunProgram(words, NAM56R_SOURCE_DIR);
  }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / name, std::ios::binary) << text;
    return scratch_ / name;
  }
  static std::string Read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  ProgramResult Words(const std::string& text, std::vector<std::string> more = {},
                      const std::string& world = "8") const {
    std::vector<std::string> words = {
        "--argv", Write("args.txt", text),        "--dialect", "megatron@0.19", "--world", world,
        "--env",  "CUDA_DEVICE_MAX_CONNECTIONS=1"};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }
  // A shipped policy with lines below it.
  std::string Policy(const std::string& more) const {
    return Write("policy.toml",
                 Read(fs::path(NAM56R_SOURCE_DIR) / "policies/h200x8-bf16.toml") + "\n" + more);
  }
  std::string Contract() const {
    const std::string file = scratch_ / "run.json";
    const ProgramResult compiled = RunProgram({NAM56R_PROGRAM, "contract", "recipes/nam56r.toml",
                                               "--policy", "policies/h200x8-bf16.toml", "-o", file},
                                              NAM56R_SOURCE_DIR);
    EXPECT_EQ(compiled.exit_code, 0) << compiled.err;
    return file;
  }

  const base::TemporaryDirectory folder_;
  const fs::path scratch_ = folder_.path();
};

TEST_F(CheckCli, AGoodCommandLineIsOkAndItsChangesAreCounted) {
  const ProgramResult good = Words(kWords);
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  EXPECT_THAT(good.out, AllOf(HasSubstr("args.txt: megatron@0.19 ok"), HasSubstr("--all lists")));
  EXPECT_THAT(good.out, Not(HasSubstr("\x1b")));  // no terminal
  EXPECT_THAT(Words(kWords, {"--all"}).out, HasSubstr("  + "));
}

TEST_F(CheckCli, ARefusalStandsAtItsWordInTheFile) {
  std::string words = kWords;
  words.replace(words.find("size 2"), 6, "size 3");
  const ProgramResult bad = Words(words);
  EXPECT_EQ(bad.exit_code, 1) << bad.out;
  EXPECT_THAT(bad.out, HasSubstr("error[P"));
  EXPECT_THAT(bad.out, HasSubstr("args.txt:6:1"));
  EXPECT_THAT(bad.out, HasSubstr("6 | --tensor-model-parallel-size 3"));
  EXPECT_THAT(bad.out, AllOf(HasSubstr("= help: "), HasSubstr("= stage: validate"),
                             HasSubstr("= source: megatron@0.19: "), HasSubstr("refused: ")));

  const ProgramResult as_json = Words(words, {"--format", "json"});
  EXPECT_EQ(as_json.exit_code, 1);
  const json answer = json::parse(as_json.out);
  EXPECT_EQ(answer.at("verdict"), "refused");
  EXPECT_EQ(answer.at("dialect"), "megatron@0.19");
  const json& finding = answer.at("findings").at(0);
  EXPECT_EQ(finding.at("severity"), "error");
  EXPECT_EQ(finding.at("stage"), "validate");
  EXPECT_TRUE(answer.at("rewrites").is_array());

  const ProgramResult as_sarif = Words(words, {"--format", "sarif"});
  EXPECT_EQ(as_sarif.exit_code, 1);
  const json log = json::parse(as_sarif.out);
  EXPECT_EQ(log.at("version"), "2.1.0");
  EXPECT_EQ(log["runs"][0]["results"].size(), answer.at("findings").size());
}

TEST_F(CheckCli, WordsMayBeAJsonArrayToo) {
  EXPECT_EQ(Words("[\"--bf16\", \"--no-such-flag\"]").exit_code, 1);
  EXPECT_THAT(Words("[\"--bf16\", \"--no-such-flag\"]").out, HasSubstr("--no-such-flag"));
}

TEST_F(CheckCli, ADirectoryThatTheLauncherEmptiesIsNotLoadedFrom) {
  const std::string words = std::string(kWords) + "--load ckpt --save ckpt --save-interval 10\n";
  EXPECT_THAT(Words(words).out, Not(HasSubstr("POLICY2224")));
  const ProgramResult emptied = Words(words, {"--emptied", "ckpt"});
  EXPECT_EQ(emptied.exit_code, 1);
  EXPECT_THAT(emptied.out, HasSubstr("POLICY2224"));
}

// What the host file lists decides what was only noted without it.
TEST_F(CheckCli, AHostFileSaysWhatIsThere) {
  const std::string host =
      Write("host.toml",
            "[machine]\nname = \"two\"\ngpus_per_node = 2\ngpu_architecture = \"sm_90\"\n"
            "[versions]\ntorch = \"2.11\"\n");
  EXPECT_THAT(Words(kWords).out, HasSubstr("HOST2501"));
  const ProgramResult known = Words(kWords, {"--host", host});
  EXPECT_EQ(known.exit_code, 1);
  EXPECT_THAT(known.out,
              AllOf(HasSubstr("HOST2502"), HasSubstr("HOST2516"), Not(HasSubstr("HOST2501"))));
}

TEST_F(CheckCli, WrongUsageSaysTheWayOut) {
  const std::string args = Write("args.txt", kWords);
  const std::string contract = Contract();
  const struct {
    std::vector<std::string> words;
    int exit_code;
    std::string says;
  } kCases[] = {
      {{}, 64, "nothing to check"},
      {{contract, "--argv", args}, 64, "three things"},
      {{"--argv", args, "--world", "8"}, 64, "add --dialect"},
      {{"--argv", args, "--dialect", "megatron@0.19"}, 64, "add --world"},
      {{"--argv", args, "--dialect", "megatron@0.91", "--world", "8"}, 64, "megatron@0.19"},
      {{"--argv", args, "--dialect", "native", "--world", "8"}, 64, "no command line"},
      {{"--argv", args, "--dialect", "nemo", "--world", "0"}, 64, "--world"},
      {{"--argv", args, "--dialect", "nemo", "--world", "8", "--env", "X"}, 64, "NAME=VALUE"},
      {{"--argv", args, "--dialect", "nemo", "--world", "8", "--policy", "p.toml"},
       64,
       "no policy"},
      {{"--argv", scratch_ / "none", "--dialect", "nemo", "--world", "8"}, 65, "none"},
      {{"--argv", Write("open", "--lr 'x"), "--dialect", "nemo", "--world", "8"},
       65,
       "never closed"},
      {{"--argv", Write("var", "--lr $LR"), "--dialect", "nemo", "--world", "8"},
       65,
       "not expanded"},
      {{"recipes/nam56r.toml"}, 64, "add --policy"},
      {{contract, "--policy", "policies/h200x8-bf16.toml"}, 64, "--policy was given"},
      {{contract, "--dialect", "nemo"}, 64, "settled"},
      {{contract, "--world", "8"}, 64, "world size"},
      {{contract, "--host", "hosts/x.toml"}, 64, "--host"},
      {{contract, "--emptied", "ckpt"}, 64, "--emptied"},
      {{"--batch", args, "--dialect", "nemo", "--format", "sarif"}, 64, "JSON"},
      {{"--batch", args, "--dialect", "nemo", "--ask", "."}, 64, "--ask"},
      {{"--batch", scratch_ / "none", "--dialect", "nemo"}, 65, "cannot be read"},
      {{"--batch", args, "--dialect", "megatron"}, 64, "megatron@0.19"},
      {{scratch_ / "none.json"}, 65, "none.json"},
      {{Write("x.json", "{}")}, 65, "CONTRACT0001"},
      {{args}, 65, "CONTRACT0001"},
      {{"recipes/none.toml", "--policy", "policies/h200x8-bf16.toml"}, 65, "none.toml"},
      {{contract, "--format", "xml"}, 64, "--format"},
      {{contract, "--ask-timeout", "0", "--ask", "."}, 64, "--ask-timeout"},
  };
  for (const auto& one : kCases) {
    const ProgramResult result = Run(one.words);
    std::string said;
    for (const std::string& word : one.words) said += word + ' ';
    EXPECT_EQ(result.exit_code, one.exit_code) << said << result.out << result.err;
    EXPECT_THAT(result.out + result.err, HasSubstr(one.says)) << said;
  }
  const ProgramResult other = RunProgram(
      {NAM56R_PROGRAM, "plan", "recipes/nam56r.toml", "--format", "sarif"}, NAM56R_SOURCE_DIR);
  EXPECT_EQ(other.exit_code, 64);
  EXPECT_THAT(other.err, HasSubstr("check alone"));
}

TEST_F(CheckCli, AContractAndItsInputsHaveTheSameVerdict) {
  const std::string contract = Contract();
  const ProgramResult whole = Run({contract, "--format", "json"});
  EXPECT_EQ(whole.exit_code, 0) << whole.out << whole.err;
  const json of_contract = json::parse(whole.out);
  const ProgramResult inputs =
      Run({"recipes/nam56r.toml", "--policy", "policies/h200x8-bf16.toml", "--format", "json"});
  EXPECT_EQ(inputs.exit_code, 0) << inputs.out << inputs.err;
  const json of_inputs = json::parse(inputs.out);
  EXPECT_EQ(of_contract.at("rewrites"), of_inputs.at("rewrites"));
  EXPECT_EQ(of_contract.at("rewrites"), json::parse(Read(contract)).at("rewrites"));
  EXPECT_EQ(of_contract.at("findings").size(), of_inputs.at("findings").size());

  // Changed by hand, with a digest that does not fit any more.
  std::string text = Read(contract);
  text.replace(text.find("\"dialect\": \"megatron@0.19\""), 26, "\"dialect\": \"megatron@0.18\"");
  EXPECT_THAT(Run({Write("changed.json", text)}).out, HasSubstr("CONTRACT0002"));
}

TEST_F(CheckCli, AnErrorOfTheInputsNamesTheirLines) {
  const std::string policy = Policy("");
  std::string text = Read(policy);
  const std::size_t at = text.find("global_batch_size = ");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, text.find('\n', at) - at, "global_batch_size = 7");
  Write("policy.toml", text);
  const ProgramResult refused = Run({"recipes/nam56r.toml", "--policy", policy});
  EXPECT_EQ(refused.exit_code, 1) << refused.out;
  EXPECT_THAT(refused.out, AllOf(HasSubstr("policy.toml:"), HasSubstr("global_batch_size = 7"),
                                 HasSubstr("^^^")));
}

TEST_F(CheckCli, WaiversAreHeldAgainstTheDay) {
  const auto check = [&](const std::string& line) {
    return Run({"recipes/nam56r.toml", "--policy", Policy("[waivers]\n" + line + "\n")});
  };
  const ProgramResult unused = check("SEAM0005 = \"until 2099-01-01: known\"");
  EXPECT_EQ(unused.exit_code, 0) << unused.out << unused.err;
  EXPECT_THAT(unused.out, HasSubstr("POLICY0954"));
  const ProgramResult expired = check("SEAM0005 = \"until 2020-01-01: known\"");
  EXPECT_EQ(expired.exit_code, 1) << expired.out;
  EXPECT_THAT(expired.out, AllOf(HasSubstr("POLICY0953"), HasSubstr("SEAM0005 = \"until 2020")));
  const ProgramResult unknown = check("SEAM0055 = \"until 2099-01-01: known\"");
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.out, HasSubstr("did you mean 'SEAM0005'?"));
  EXPECT_THAT(check("SEAM0005 = \"known\"").out, HasSubstr("POLICY0950"));
  EXPECT_THAT(check("LAYOUT0001 = \"until 2099-01-01: known\"").out, HasSubstr("POLICY0952"));
}

TEST_F(CheckCli, ABatchAnswersEachLineInOrder) {
  const std::string file = Write("lines.jsonl",
                                 "{\"id\":\"a\",\"argv\":[\"--bf16\",\"--fp16\"],\"world\":8}\n"
                                 "nonsense\n"
                                 "{\"id\":\"b\",\"argv\":[\"--no-such-flag\"]}\n");
  const ProgramResult batch = Run({"--batch", file, "--dialect", "megatron@0.19"});
  EXPECT_EQ(batch.exit_code, 1) << batch.err;
  std::istringstream lines(batch.out);
  std::vector<json> answers;
  for (std::string line; std::getline(lines, line);) answers.push_back(json::parse(line));
  ASSERT_EQ(answers.size(), 3U) << batch.out;
  EXPECT_EQ(answers[0].at("id"), "a");
  EXPECT_EQ(answers[2].at("id"), "b");
  for (const json& answer : answers) EXPECT_EQ(answer.at("verdict"), "refused");
}

TEST_F(CheckCli, ACheckoutThatCannotBeAskedChangesNoVerdict) {
  const ProgramResult none = Words(kWords, {"--ask", scratch_});
  EXPECT_EQ(none.exit_code, 0) << none.out;
  EXPECT_THAT(none.out, HasSubstr("second opinion: not asked: "));
  fs::create_directories(scratch_ / "megatron/training");
  Write("megatron/training/arguments.py", "");
  const ProgramResult no_python =
      Words(kWords, {"--ask", scratch_, "--python", "/no/python", "--format", "json"});
  EXPECT_EQ(no_python.exit_code, 0);
  const json opinion = json::parse(no_python.out).at("second_opinion");
  EXPECT_EQ(opinion.at("asked"), false);
  EXPECT_THAT(opinion.at("why").get<std::string>(), HasSubstr("cannot be started"));
}

}  // namespace
}  // namespace nam56r::tests
