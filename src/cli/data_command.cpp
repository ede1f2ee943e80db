#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "src/base/files.h"
#include "src/base/units.h"
#include "src/base/utf8.h"
#include "src/cli/commands.h"
#include "src/data/byte_corpus.h"
#include "src/data/indexed_dataset.h"
#include "src/launch/bind.h"

namespace nam56r::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPreviewTokens = 64;

base::Expected<fs::path> PrefixOf(const std::string& dataset) {
  auto root = launch::CacheRoot({}, launch::ProcessEnvironment());
  if (!root) return root.errors();
  return launch::DefaultDatasetPrefix(*root, dataset);
}

int Build(const DataArguments& arguments, const Terminal& terminal) {
  fs::path prefix = arguments.output;
  if (prefix.empty()) {
    auto found = PrefixOf(arguments.dataset);
    if (!found) return Refuse(found.errors(), terminal);
    prefix = *found;
    auto made = base::MakePrivateDirectories(prefix.parent_path(), base::Surface::kHost);
    if (!made) return Refuse(made.errors(), terminal);
  }
  auto headers = data::CompilerHeaders(arguments.compiler);
  if (!headers) return Refuse(headers.errors(), terminal);
  auto statistics = data::BuildByteCorpus(*headers, prefix);
  if (!statistics) return Refuse(statistics.errors(), terminal);

  if (terminal.format == Format::kJson) {
    terminal.out
        << nlohmann::json{{"prefix", prefix.string()},    {"documents", statistics->documents},
                          {"tokens", statistics->tokens}, {"duplicates", statistics->duplicates},
                          {"empty", statistics->empty},   {"too_large", statistics->too_large},
                          {"digest", statistics->digest}, {"built", statistics->built}}
               .dump(2)
        << '\n';
  } else {
    terminal.out << fmt::format(
        "{} {}\n  {} documents, {} tokens (bytes); left out: {} duplicates, {} empty, {} too "
        "large\n"
        "  {}\n",
        prefix.string(), statistics->built ? "built" : "is up to date",
        base::WithThousands(statistics->documents), base::WithThousands(statistics->tokens),
        statistics->duplicates, statistics->empty, statistics->too_large, statistics->digest);
  }
  return kDone;
}

int Inspect(const DataArguments& arguments, const Terminal& terminal) {
  fs::path prefix = arguments.dataset;
  if (!fs::exists(prefix.string() + ".idx")) {
    auto found = PrefixOf(arguments.dataset);
    if (!found) return Refuse(found.errors(), terminal);
    if (fs::exists(found->string() + ".idx")) prefix = *found;
  }
  auto dataset = data::IndexedDataset::Open(prefix);
  if (!dataset) return Refuse(dataset.errors(), terminal);

  std::int64_t longest = 0;
  std::int64_t shortest = dataset->documents() > 0 ? dataset->DocumentLength(0) : 0;
  for (std::int64_t i = 0; i < dataset->documents(); ++i) {
    longest = std::max(longest, dataset->DocumentLength(i));
    shortest = std::min(shortest, dataset->DocumentLength(i));
  }
  std::vector<std::int64_t> preview;
  if (dataset->documents() > 0) {
    preview.resize(static_cast<std::size_t>(std::min(kPreviewTokens, dataset->DocumentLength(0))));
    dataset->Read(0, 0, preview);
  }
  const std::int64_t token_bytes = data::SizeOf(dataset->type());
  if (terminal.format == Format::kJson) {
    terminal.out << nlohmann::json{{"prefix", prefix.string()},
                                   {"documents", dataset->documents()},
                                   {"tokens", dataset->tokens()},
                                   {"token_bytes", token_bytes},
                                   {"shortest", shortest},
                                   {"longest", longest},
                                   {"first_tokens", preview}}
                        .dump(2)
                 << '\n';
    return kDone;
  }
  terminal.out << fmt::format(
      "{}\n  {} documents, {} tokens of {} bytes; documents of {} to {} tokens\n", prefix.string(),
      base::WithThousands(dataset->documents()), base::WithThousands(dataset->tokens()),
      token_bytes, base::WithThousands(shortest), base::WithThousands(longest));
  if (token_bytes == 1) {
    const std::string text(preview.begin(), preview.end());
    terminal.out << "  begins \"" << base::EscapeControls(text) << "\"\n";
  }
  return kDone;
}

}  // namespace

int RunData(const DataArguments& arguments, const Terminal& terminal) {
  return arguments.action == DataArguments::Action::kBuild ? Build(arguments, terminal)
                                                           : Inspect(arguments, terminal);
}

}  // namespace nam56r::cli
