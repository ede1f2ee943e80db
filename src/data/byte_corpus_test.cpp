#include "src/data/byte_corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "src/base/files.h"
#include "src/base/temporary_directory.h"
#include "src/data/indexed_dataset.h"

namespace nam56r::data {
namespace {

namespace fs = std::filesystem;

class ByteCorpusTest : public testing::Test {
 protected:
  void Put(const std::string& name, const std::string& text) {
    const fs::path path = root() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  fs::path root() const { return folder_.path() / "sources"; }
  fs::path prefix() const { return folder_.path() / "corpus"; }
  fs::path File(const char* extension) const { return prefix().string() + extension; }
  std::vector<SourceFile> Sources() const {
    const auto files = FilesBelow(root(), "sources");
    EXPECT_TRUE(files);
    return files ? *files : std::vector<SourceFile>{};
  }
  CorpusStatistics Build() {
    const auto built = BuildByteCorpus(Sources(), prefix());
    EXPECT_TRUE(built) << (built ? "" : built.errors()[0].message);
    return built ? *built : CorpusStatistics{};
  }
  base::TemporaryDirectory folder_;
};

TEST_F(ByteCorpusTest, EachFileIsADocumentOfItsBytes) {
  Put("b.h", "xyz\xff");
  Put("a/z.h", std::string("\0\n", 2));
  const CorpusStatistics statistics = Build();
  EXPECT_TRUE(statistics.built);
  EXPECT_EQ(statistics.documents, 2);
  EXPECT_EQ(statistics.tokens, 6);
  const auto dataset = IndexedDataset::Open(prefix());
  ASSERT_TRUE(dataset);
  EXPECT_EQ(dataset->type(), TokenType::kUint8);
  ASSERT_EQ(dataset->documents(), 2);
  std::vector<std::int64_t> first(2), second(4);
  dataset->Read(0, 0, first);
  dataset->Read(1, 0, second);
  EXPECT_EQ(first, (std::vector<std::int64_t>{0, 10}));
  EXPECT_EQ(second, (std::vector<std::int64_t>{'x', 'y', 'z', 255}));
}

TEST_F(ByteCorpusTest, LeavesOutEmptyRepeatedAndHugeFiles) {
  Put("a", "same");
  Put("b", "same");
  Put("c", "");
  Put("d", std::string(kMaxCorpusFileBytes + 1, 'x'));
  Put("e", std::string(kMaxCorpusFileBytes, 'x'));
  const CorpusStatistics statistics = Build();
  EXPECT_EQ(statistics.documents, 2);
  EXPECT_EQ(statistics.duplicates, 1);
  EXPECT_EQ(statistics.empty, 1);
  EXPECT_EQ(statistics.too_large, 1);
}

TEST_F(ByteCorpusTest, LinksAreNotFollowed) {
  Put("a/x", "text");
  Put("../outside", "secret");
  fs::create_directory_symlink(root(), root() / "a" / "loop");
  fs::create_symlink(folder_.path() / "outside", root() / "link");
  const auto files = Sources();
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].name, "sources/a/x");
}

TEST_F(ByteCorpusTest, ASecondBuildOfTheSameSourcesDoesNothing) {
  Put("a", "one");
  Put("b", "two");
  const CorpusStatistics first = Build();
  const auto when = fs::last_write_time(File(".bin"));
  const CorpusStatistics second = Build();
  EXPECT_FALSE(second.built);
  EXPECT_EQ(second.digest, first.digest);
  EXPECT_EQ(second.tokens, first.tokens);
  EXPECT_EQ(fs::last_write_time(File(".bin")), when);
}

TEST_F(ByteCorpusTest, ChangedSourcesOrDamagedFilesAreBuiltAnew) {
  Put("a", "one");
  Put("b", "two");
  const CorpusStatistics first = Build();
  Put("b", "TWO");
  const CorpusStatistics second = Build();
  EXPECT_TRUE(second.built);
  EXPECT_NE(second.digest, first.digest);
  for (const char* extension : {".bin", ".idx", ".json"}) {
    fs::remove(File(extension));
    EXPECT_TRUE(Build().built) << extension;
    std::ofstream(File(extension), std::ios::app) << "x";
    EXPECT_TRUE(Build().built) << extension;
    EXPECT_TRUE(IndexedDataset::Open(prefix()));
  }
  EXPECT_FALSE(Build().built);
  fs::rename(root() / "b", root() / "c");
  EXPECT_TRUE(Build().built) << "names are part of the description";
}

TEST_F(ByteCorpusTest, TheManifestSaysWhatIsInItAndNothingOfTheMachine) {
  Put("sub/a", "one");
  const CorpusStatistics statistics = Build();
  const auto text = base::ReadFile(File(".json"), base::Surface::kHost);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->find(folder_.path().string()), std::string::npos);
  const auto manifest = nlohmann::json::parse(*text);
  EXPECT_EQ(manifest.at("documents"), 1);
  EXPECT_EQ(manifest.at("tokens"), 3);
  EXPECT_EQ(manifest.at("digest"), statistics.digest);
  EXPECT_EQ(manifest.at("sources").at(0).at("name"), "sources/sub/a");
}

TEST_F(ByteCorpusTest, RefusesSourcesThatAreNotThere) {
  EXPECT_EQ(FilesBelow(root() / "none", "x").errors()[0].code, "DATA0008");
  const auto gone = BuildByteCorpus({{"x", root() / "none"}}, prefix());
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.errors()[0].code, "DATA0008");
  const auto nothing = BuildByteCorpus({}, prefix());
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.errors()[0].code, "DATA0008");
  EXPECT_FALSE(fs::exists(File(".bin")));
}

TEST_F(ByteCorpusTest, RefusesAPrefixItCannotWrite) {
  Put("a", "one");
  const auto refused = BuildByteCorpus(Sources(), folder_.path() / "none" / "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.errors()[0].code, "DATA0001");
}

TEST(CompilerHeaders, FindsTheStandardLibraryOfTheInstalledCompiler) {
  const auto files = CompilerHeaders("g++");
  ASSERT_TRUE(files) << files.errors()[0].message;
  EXPECT_GT(files->size(), 300u);
  std::size_t vectors = 0;
  for (const SourceFile& file : *files) {
    EXPECT_NE(file.name.front(), '/');
    EXPECT_NE(file.name.find("c++/"), std::string::npos) << file.name;
    vectors += file.path.filename() == "stl_vector.h" ? 1 : 0;
  }
  EXPECT_EQ(vectors, 1u) << "no folder is walked twice";
  EXPECT_TRUE(std::is_sorted(files->begin(), files->end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
}

TEST(CompilerHeaders, RefusesWhatIsNotACompiler) {
  for (const char* bad : {"no-such-compiler-56", "/bin/false", "/bin/echo", "/", "",
                          "g++; touch /tmp/should-not-exist-nam56r"}) {
    const auto refused = CompilerHeaders(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.errors()[0].code, "DATA0007");
  }
  EXPECT_FALSE(fs::exists("/tmp/should-not-exist-nam56r"));
}

// A compiler in another language and with other settings is still understood.
TEST(CompilerHeaders, AsksTheCompilerInAPlainLocale) {
  const base::TemporaryDirectory folder;
  const fs::path library = folder.path() / "include" / "c++" / "99";
  fs::create_directories(library / "backward");
  std::ofstream(library / "vector") << "v";
  std::ofstream(library / "backward" / "hash_map") << "h";
  const fs::path compiler = folder.path() / "my g++";
  std::ofstream(compiler) << "#!/bin/sh\n"
                             "test \"$LC_ALL\" = C || exit 1\n"
                             "test \"$*\" = '-E -x c++ -v /dev/null' || exit 1\n"
                             "{ echo '#include \"...\" search starts here:'\n"
                             "echo '#include <...> search starts here:'\n"
                             "echo ' "
                          << library.string()
                          << "'\n"
                             "echo ' "
                          << library.string()
                          << "/backward'\n"
                             "echo ' /usr/include'\n"
                             "echo 'End of search list.'; } >&2\n";
  fs::permissions(compiler, fs::perms(0700));
  const auto files = CompilerHeaders(compiler.string());
  ASSERT_TRUE(files) << files.errors()[0].message;
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].name, "c++/99/backward/hash_map");
  EXPECT_EQ((*files)[1].name, "c++/99/vector");
}

}  // namespace
}  // namespace nam56r::data
