#include "src/launch/bootstrap/seam_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/launch/bootstrap/bootstrap_testing.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeMegatron;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Must;
using testing::SeamEntry;

constexpr const char* kDsa = "megatron.core.transformer.experimental_attention_variant.dsa";

class SeamProbeTest : public ::testing::Test {
 protected:
  SeamProbeTest() {
    seam_["probe"]["checks"] = {{{"module", "nam56r_seams.sparse_mla"}, {"attribute", ""}},
                                {{"module", kDsa}, {"attribute", "unfused_dsa_fn"}}};
    megatron_.Provider("sparse_mla", "def apply(context):\n    pass\n");
    request_.python = testing::TestPython();
    request_.entry = megatron_.entry();
    request_.environment = megatron_.Environment();
    request_.limit = std::chrono::seconds(60);
  }
  SeamProbeReport Probe(base::ProgramRunner& runner) {
    contract_ = megatron_.Contract(json::array({seam_}));
    contract_.policy.bootstrap_environment = later_;
    request_.files = Must(BootstrapFiles(contract_, decided_));
    return ProbeSeams(request_, runner);
  }
  SeamProbeReport Probe() {
    base::SystemProgramRunner runner;
    return Probe(runner);
  }
  static std::vector<std::string> Codes(const SeamProbeReport& report) {
    std::vector<std::string> codes;
    for (const base::Diagnostic& finding : report.findings) codes.push_back(finding.code);
    return codes;
  }

  FakeMegatron megatron_{19};
  json seam_ = SeamEntry("sparse-mla", "symbols", "", "marker");
  contract::ReadContract contract_;
  std::map<std::string, std::string> later_;
  std::vector<Variable> decided_;
  SeamProbeRequest request_;
};

TEST_F(SeamProbeTest, AHostThatHasEverythingPasses) {
  const SeamProbeReport report = Probe();
  EXPECT_THAT(Codes(report), IsEmpty()) << report.document.dump(1);
  EXPECT_TRUE(report.Passed());
  EXPECT_EQ(report.document["complete"], true);
  EXPECT_EQ(report.document["not_tested"], json::array());
  EXPECT_EQ(report.document["release"]["found"], "0.19.2");
  ASSERT_EQ(report.document["checks"].size(), 2u);
  EXPECT_EQ(report.document["imports"][0]["module"], kDsa)
      << "what a provider builds on, before it";
  EXPECT_THAT(report.document["imports"][0]["file"].get<std::string>(),
              HasSubstr(megatron_.root().string()));
}

TEST_F(SeamProbeTest, WhatIsMissingNamesTheSeamsAndWhatToProvide) {
  std::filesystem::remove(megatron_.seams() / "nam56r_seams/sparse_mla.py");
  megatron_.Write("megatron/core/transformer/experimental_attention_variant/dsa.py", "");
  const SeamProbeReport report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("SEAM0102", "SEAM0101"));
  EXPECT_FALSE(report.Passed());
  EXPECT_THAT(report.findings[0].message, HasSubstr("dsa has no unfused_dsa_fn"));
  EXPECT_THAT(report.findings[1].fields, ElementsAre("sparse-mla"));
  EXPECT_THAT(report.findings[1].message, HasSubstr("finds no nam56r_seams.sparse_mla"));
  EXPECT_THAT(report.findings[1].fix, HasSubstr("PYTHONPATH"));
  EXPECT_EQ(report.findings[1].surface, base::Surface::kSeam);
}

TEST_F(SeamProbeTest, AProviderThatCannotBeAppliedIsFound) {
  megatron_.Provider("sparse_mla", "import flash_mla_of_nobody\n");
  SeamProbeReport report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("SEAM0101"));
  EXPECT_THAT(report.findings[0].message,
              HasSubstr("flash_mla_of_nobody is not there; nam56r_seams"));
  megatron_.Provider("sparse_mla", "def aply(context):\n    pass\n");
  report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("SEAM0102"));
  EXPECT_THAT(report.findings[0].message, HasSubstr("nam56r_seams.sparse_mla has no apply"));
  megatron_.Provider("sparse_mla", "raise OSError('undefined symbol: _ZN3c10')\n");
  report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("SEAM0104"));
  EXPECT_THAT(report.findings[0].message, HasSubstr("OSError: undefined symbol: _ZN3c10"));
}

TEST_F(SeamProbeTest, ACrashHasTheNameOfWhatWasImported) {
  megatron_.Beside("torch.py", "import os\nprint('half a line', end='', flush=True)\nos.abort()\n");
  const SeamProbeReport report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("SEAM0104"));
  EXPECT_THAT(report.findings[0].message, HasSubstr("importing torch killed Python with signal 6"));
  EXPECT_THAT(report.findings[0].notes, Contains(HasSubstr("torch.py"))) << "the stack";
  EXPECT_EQ(report.document["complete"], false);
  EXPECT_EQ(report.document["not_tested"], json({"nam56r_seams.sparse_mla", kDsa}));
  EXPECT_EQ(report.document["release"]["found"], "0.19.2") << "told before anything is imported";
}

TEST_F(SeamProbeTest, AnImportThatEndsPythonIsNoSuccess) {
  megatron_.Beside("torch.py", "import os\nos._exit(0)\n");
  const SeamProbeReport report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("SEAM0104"));
  EXPECT_THAT(report.findings[0].message, HasSubstr("importing torch ended Python with 0"));
}

// As a real one, up to where it hangs; the clock is not waited for.
TEST_F(SeamProbeTest, AHangHasAName) {
  class Hanging final : public base::ProgramRunner {
   public:
    base::ProgramEnd Run(const base::Program& program) override {
      base::ProgramEnd end = base::RunProgram(program);
      const std::size_t begins = end.out.find("\"state\": \"begins\"");
      end.out.resize(end.out.find('\n', begins) + 1);
      end.timed_out = true;
      end.why_not = "it took too long";
      return end;
    }
  } runner;
  request_.limit = std::chrono::seconds(30);
  const SeamProbeReport report = Probe(runner);
  ASSERT_THAT(Codes(report), ElementsAre("SEAM0105"));
  EXPECT_THAT(report.findings[0].message,
              HasSubstr(std::string("importing ") + kDsa + " did not end within 30 s"));
  EXPECT_THAT(report.findings[0].fields, ElementsAre("sparse-mla"));
}

TEST_F(SeamProbeTest, AnotherCopyThatWinsIsNamedWithTheOneThatLoses) {
  const base::TemporaryDirectory other;
  std::filesystem::create_directories(other.path() / "megatron/core");
  // A package with an __init__.py goes before a folder without one, wherever it stands.
  std::ofstream(other.path() / "megatron/__init__.py");
  std::ofstream(other.path() / "megatron/core/__init__.py");
  std::ofstream(other.path() / "megatron/core/package_info.py") << "MAJOR = 0\nMINOR = 18\n";
  std::ofstream(other.path() / "tilelang.py");
  megatron_.Beside("tilelang.py", "");
  request_.environment["PYTHONPATH"] += ":" + other.path().string();
  const SeamProbeReport report = Probe();
  const auto codes = Codes(report);
  ASSERT_THAT(codes, Contains("SEAM0103"));
  EXPECT_THAT(codes, Contains("SEAM0107"));
  const base::Diagnostic& shadowed = report.findings[0];
  EXPECT_EQ(shadowed.severity, base::Severity::kError);
  ASSERT_EQ(shadowed.where.size(), 2u);
  EXPECT_EQ(shadowed.where[0].at.file, (other.path() / "megatron/core/__init__.py").string());
  EXPECT_EQ(shadowed.where[1].at.file, (megatron_.root() / "megatron/core/__init__.py").string());
  const auto twice =
      std::find_if(report.findings.begin(), report.findings.end(),
                   [](const auto& finding) { return finding.fields[0] == "tilelang"; });
  ASSERT_NE(twice, report.findings.end());
  EXPECT_EQ(twice->severity, base::Severity::kWarning) << "that it wins is no mistake by itself";
}

TEST_F(SeamProbeTest, TheEnvironmentAndEarlyImportsAreLookedAt) {
  decided_ = {{"NCCL_DEBUG", "WARN", base::Surface::kPolicy, ""}};
  megatron_.Beside("triton.py", "");
  megatron_.Beside("sitecustomize.py",
                   "import os\nimport triton\nos.environ['NCCL_DEBUG'] = 'INFO'\n");
  request_.environment["NCCL_DEBUG"] = "WARN";
  SeamProbeReport report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("SEAM0106", "SEAM0106"));
  EXPECT_THAT(report.findings[0].message, HasSubstr("NCCL_DEBUG is 'INFO' when Python starts"));
  EXPECT_EQ(report.findings[1].severity, base::Severity::kWarning);
  EXPECT_THAT(report.findings[1].notes, Contains(HasSubstr("sitecustomize.py")));
  later_ = {{"TRITON_DEBUG", "1"}};
  report = Probe();
  EXPECT_EQ(report.findings[1].severity, base::Severity::kError);
}

TEST_F(SeamProbeTest, WithoutAnInterpreterThereIsNoAnswer) {
  request_.python = "/nowhere/python";
  SeamProbeReport report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("LAUNCH0403"));
  EXPECT_THAT(report.findings[0].fix, HasSubstr("paths.python"));
  EXPECT_EQ(report.document["complete"], false);
  request_.python = "/bin/true";
  report = Probe();
  ASSERT_THAT(Codes(report), ElementsAre("LAUNCH0403"));
  EXPECT_THAT(report.findings[0].message, HasSubstr("/bin/true gave no full answer"));
}

TEST_F(SeamProbeTest, ARunIsProbedAsItIsBound) {
  BoundRun run;
  EXPECT_EQ(SeamProbeOf(run).errors()[0].code, "LAUNCH0403");
  contract_ = megatron_.Contract(json::array({seam_}));
  run.files = Must(BootstrapFiles(contract_, {}));
  const auto word = [](const char* text) { return Token{text, base::Surface::kHost, ""}; };
  run.ranks.push_back({0,
                       {word("/venv/bin/python"), word("-m"), word("torch.distributed.run")},
                       {{"A", "b", base::Surface::kHost, ""}}});
  for (Token& token : BootstrapWords("/receipt")) run.ranks[0].argv.push_back(std::move(token));
  EXPECT_EQ(SeamProbeOf(run).errors()[0].code, "LAUNCH0403") << "no entry point";
  run.ranks[0].argv.push_back(word("/megatron/pretrain_hybrid.py"));
  const SeamProbeRequest request = Must(SeamProbeOf(run));
  EXPECT_EQ(request.python, "/venv/bin/python");
  EXPECT_EQ(request.entry, "/megatron/pretrain_hybrid.py");
  EXPECT_EQ(request.environment, (std::map<std::string, std::string>{{"A", "b"}}));
}

}  // namespace
}  // namespace nam56r::launch
