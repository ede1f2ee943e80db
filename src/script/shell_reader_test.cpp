#include "src/script/shell_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/script/arithmetic.h"
#include "src/script/shell_syntax.h"

namespace nam56r::script {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Strings = std::vector<std::string>;

// The words of the last command after "python x.py", undecided ones as "?text", those under a
// condition as "~text".
Strings Words(const std::string& script, const std::map<std::string, std::string>& outside = {}) {
  const ReadScript read = ReadShell(script, outside);
  if (read.commands.empty()) return {"(no command)"};
  Strings words;
  for (const ReadWord& word : read.commands.back().words) {
    words.push_back((word.known ? "" : "?") + std::string(word.condition.empty() ? "" : "~") +
                    word.text);
  }
  words.erase(words.begin(), words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(words)));
  return words;
}

struct Case {
  std::string name;
  std::string script;
  Strings words;
};

TEST(ShellReader, SeesTheWordsThatBashWouldPass) {
  const std::vector<Case> cases = {
      {"words", "python x.py --a 1  --b", {"--a", "1", "--b"}},
      {"continued", "python x.py \\\n  --a \\\n  1 # not this\n", {"--a", "1"}},
      {"continued, as Windows writes it", "python x.py \\\r\n  --a 1\r\n", {"--a", "1"}},
      {"quotes", "python x.py 'a b' \"c d\" e\\ f $'g\\th' ''", {"a b", "c d", "e f", "g\th", ""}},
      {"no comment within a word", "python x.py a#b '#c'", {"a#b", "#c"}},
      {"double quotes keep what is not special", R"(python x.py "a\b\"\$c")", {R"(a\b"$c)"}},
      {"variables", "A=1\nB=\"$A 2\"\npython x.py $B \"$B\" ${A}x", {"1", "2", "1 2", "1x"}},
      {"no splitting in an assignment", "A='1 2'\nB=$A\npython x.py \"$B\"", {"1 2"}},
      {"unset", "python x.py \"${A:-d}\" ${B-e} \"${C:-}\" ${D:-} ${E:+f}", {"d", "e", ""}},
      {"set to nothing", "A=\npython x.py \"${A:-d}\" \"${A-e}\" ${A:+f} ${A+g}", {"d", "", "g"}},
      {"assigning defaults", ": \"${A:=3}\"\npython x.py $A", {"3"}},
      {"last assignment", "A=1\nA=2\npython x.py $A", {"2"}},
      {"arrays",
       "A=(--x 'y z')\nA+=(--w \"${#A[@]}\")\npython x.py \"${A[@]}\" ${A[1]}",
       {"--x", "y z", "--w", "2", "y", "z"}},
      {"an empty array is no word", "A=()\npython x.py \"${A[@]}\" --b", {"--b"}},
      {"an array's lines",
       "A=(\n  --a 1 # one\n  --b\n)\npython x.py ${A[@]}",
       {"--a", "1", "--b"}},
      {"an array in a word", "A=(1 2)\npython x.py a\"${A[@]}\"b \"${A[*]}\"", {"a1", "2b", "1 2"}},
      {"appending text", "A='--a'\nA+=' --b'\nA=\"$A --c\"\npython x.py $A", {"--a", "--b", "--c"}},
      {"arithmetic",
       "A=4\npython x.py $((A * 2 + 1)) $(( (A-1)/2 )) $((A>3?5:6))",
       {"9", "1", "5"}},
      {"edits",
       "A=dir/name.sh\npython x.py ${A##*/} ${A%.sh} ${A/name/x} ${A^^} ${#A}",
       {"name.sh", "dir/name", "dir/x.sh", "DIR/NAME.SH", "11"}},
      {"if", "A=1\nif [ $A = 1 ]; then B=yes; else B=no; fi\npython x.py $B", {"yes"}},
      {"elif",
       "A=2\nif [[ $A == 1 ]]; then B=1\nelif [[ $A == 2 && -n $A ]]; then B=2\nfi\npython x.py $B",
       {"2"}},
      {"numbers",
       "A=10\nif [ \"$A\" -gt 9 ] && [ $A -le 10 ]; then B=1; fi\npython x.py $B",
       {"1"}},
      {"patterns",
       "A=h200-8\nif [[ $A == h200* ]]; then B=1; fi\n[[ $A == 'h*' ]] || C=2\npython x.py $B $C",
       {"1", "2"}},
      {"not",
       "A=\nif ! [ -n \"$A\" ]; then B=1; fi\nif [ ! -z \"$A\" ]; then B=2; fi\npython x.py $B",
       {"1"}},
      {"case",
       "A=v2\ncase \"$A\" in\n v1) B=1 ;;\n v2|v3) B=2 ;;\n *) exit 1 ;;\nesac\npython x.py $B",
       {"2"}},
      {"for", "for i in a b; do A+=(--$i); done\npython x.py \"${A[@]}\"", {"--a", "--b"}},
      {"break",
       "for i in 1 2 3; do if [ $i = 2 ]; then break; fi; A+=($i); done\npython x.py \"${A[@]}\"",
       {"1"}},
      {"functions",
       "run() {\n  local n=$1; shift\n  python x.py --n $n \"$@\"\n}\nn=0\nrun 3 --a \"b c\"\n",
       {"--n", "3", "--a", "b c"}},
      {"a subshell keeps its assignments", "A=1\n(A=2)\npython x.py $A", {"1"}},
      {"prefix assignments are the command's own", "A=1\nA=2 python y.py\npython x.py $A", {"1"}},
      {"exec", "exec python x.py --a", {"--a"}},
      {"pipes and redirections", "python x.py --a 2>&1 | tee log", {"--a"}},
      {"backgrounds", "python x.py --a > log 2>&1 &\nwait", {"--a"}},
      {"a branch that exits has not been taken",
       "A=1\nif [ ! -f /x ]; then A=2; exit 1; fi\npython x.py $A",
       {"1"}},
      {"or exit", "A=1\ncommand -v nvidia-smi || exit 1\npython x.py $A", {"1"}},
      {"both branches agree", "if [ -f /x ]; then A=1; else A=1; fi\npython x.py $A", {"1"}},
      {"outside", "python x.py ${OUT:-0} $OUT", {"7", "7"}},
      // What cannot be decided.
      {"commands", "A=$(nproc)\nB=`hostname`\npython x.py \"$A\" $B", {"?$(nproc)", "?`hostname`"}},
      {"brackets and quotes in commands", "A=$(echo \")\" ')' # )\n)\npython x.py --a", {"--a"}},
      {"never assigned", "python x.py \"$NOPE\" ${NOPE:?say it}", {"?$NOPE", "?${NOPE:?say it}"}},
      {"a scheduler's", "python x.py \"${SLURM_NNODES:-1}\"", {"?${SLURM_NNODES:-1}"}},
      {"undecided choice",
       "if [ -f /x ]; then A=1; else A=2; fi\npython x.py \"$A\"",
       {"?'1' or '2'"}},
      {"undecided addition",
       "A=(--a)\nif [ -f /x ]; then A+=(--b 2); fi\npython x.py \"${A[@]}\"",
       {"--a", "~--b", "~2"}},
      {"undecided text", "A=--a\n[ -f /x ] && A=\"$A --b\"\npython x.py $A", {"--a", "~--b"}},
      {"undecided case",
       "case $HOSTNAME in a) B=1;; *) B=2;; esac\npython x.py \"$B\"",
       {"?'1' or '2'"}},
      {"loops that cannot be counted",
       "A=0\nwhile read l; do A=1; done\npython x.py \"$A\"",
       {"?$A after the loop"}},
      {"home", "python x.py ~/x \"$HOME\"", {"?~/x", "?$HOME"}},
      {"braces", "python x.py {a,b}", {"?{a,b}"}},
      {"indirect", "A=B\nB=1\npython x.py \"${!A}\"", {"?${!A}"}},
      {"division by zero", "python x.py $((1/0))", {"?$((1/0))"}},
      {"steps", "A=1\npython x.py $((++A)) $((--A))", {"?$((++A))", "?$((--A))"}},
      {"octal", "A=010\npython x.py $((A + 1))", {"?$((A + 1))"}},
      {"an undecided command is a condition",
       "A=1\nif X=$(cmd); then A=2; fi\npython x.py \"$A\"",
       {"?'2' or '1'"}},
      {"branches that fall through",
       "A=1\ncase a in a) A=2;& b) A=3;; esac\npython x.py \"$A\"",
       {"?$A after the loop"}},
      {"a loop that counts",
       "i=0\nfor ((i=0; i<3; i++)); do :; done\npython x.py \"$i\"",
       {"?((i=0; i<3; i++))"}},
      {"set in one branch", "if [ -f /x ]; then A=1; fi\npython x.py \"${A-d}\"", {"?${A-d}"}},
      {"a long text is not matched by guessing",
       "A=" + std::string(600, 'x') +
           "\nif [[ $A == x* ]]; then B=1; else B=2; fi\n"
           "python x.py \"$B\" \"${A#x}\" \"${A%y}\"",
       {"?'1' or '2'", "?${A#x}", "?${A%y}"}},
      {"separators", "IFS=,\nA='a,b c'\npython x.py $A", {"?a,b c"}},
      {"separators in strict mode", "IFS=$'\\n\\t'\nA='a b'\npython x.py $A", {"a b"}},
      {"branches that each add",
       "if [ -f /x ]; then A+=(--a)\nelif [ -f /y ]; then A+=(--b)\nfi\npython x.py \"${A[@]}\"",
       {"~--a", "~--b"}},
      {"local without a value", "A=1\nf() { local A; A=2; }\nf\npython x.py $A", {"1"}},
      {"declare in a function is local",
       "A=1\nf() { declare A=2; typeset B=3; }\nf\npython x.py $A ${B-none}",
       {"1", "none"}},
      {"modules", "python -m pkg.train --a", {"pkg.train", "--a"}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Words(c.script, {{"OUT", "7"}}), c.words) << c.name << "\n" << c.script;
  }
}

TEST(ShellReader, EnvironmentIsWhatIsExportedByThen) {
  const ReadScript read = ReadShell(R"(
export A=1 B="two words"
C=3
export C
D=4                     # not exported
export E=5
unset E
set -a; F=6; set +a
declare -x G=7
export J                # before it has a value
J=10
H=8 python x.py --a
export A=late I=9
)");
  ASSERT_EQ(read.commands.size(), 1u);
  std::map<std::string, std::string> environment;
  for (const auto& [name, word] : read.commands[0].environment) environment[name] = word.text;
  EXPECT_EQ(environment, (std::map<std::string, std::string>{{"A", "1"},
                                                             {"B", "two words"},
                                                             {"C", "3"},
                                                             {"F", "6"},
                                                             {"G", "7"},
                                                             {"H", "8"},
                                                             {"J", "10"}}));
  ASSERT_EQ(read.late_exports.size(), 2u);
  EXPECT_EQ(read.late_exports[0].name, "A");
  EXPECT_EQ(read.late_exports[0].line, 13);
  EXPECT_EQ(read.late_exports[1].name, "I");
}

TEST(ShellReader, SaysWhichLinesItDidNotFollow) {
  const ReadScript read = ReadShell(R"sh(source env.sh
eval "$(cat x)"
bash other.sh
if [ -d /data ]; then
  python x.py --a
fi
cat > y.py <<'EOF'
fi done esac ' " $(
EOF
python x.py --b   $((  # never closed
echo 'not closed
)sh");
  std::map<int, std::string> why;
  for (const NotRead& one : read.not_read) why[one.line] = one.why;
  EXPECT_THAT(why[1], HasSubstr("another file"));
  EXPECT_THAT(why[2], HasSubstr("eval"));
  EXPECT_THAT(why[3], HasSubstr("another script"));
  EXPECT_GE(why.rbegin()->first, 10) << "the arithmetic that is never closed";
  ASSERT_FALSE(read.commands.empty());
  EXPECT_EQ(read.commands[0].condition, "if `[ -d /data ]` (line 4)");
  ASSERT_EQ(read.here_documents.size(), 1u);
  EXPECT_EQ(read.here_documents[0].line, 8);
  EXPECT_EQ(read.here_documents[0].text, "fi done esac ' \" $(\n");
}

// What a branch that is not decided exports reaches the program under its condition alone.
TEST(ShellReader, ExportsOfAnUndecidedBranchAreConditional) {
  const ReadScript read =
      ReadShell("A=1\nif [ -d /data ]; then export A; export B=2; fi\npython x.py\n");
  ASSERT_EQ(read.commands.size(), 1u);
  for (const char* name : {"A", "B"}) {
    ASSERT_TRUE(read.commands[0].environment.contains(name)) << name;
    EXPECT_THAT(read.commands[0].environment.at(name).condition, HasSubstr("-d /data")) << name;
  }
}

TEST(ShellReader, OfASyntaxErrorWithinACompoundNothingRuns) {
  for (const char* script : {"if [ -f x ]; then\n  fi (\n  python x.py --a\nfi\npython x.py --b\n",
                             "f() {\n  a ( b\n  python x.py --a\n}\n"}) {
    const ReadScript read = ReadShell(script);
    EXPECT_TRUE(read.commands.empty()) << script;
    ASSERT_EQ(read.not_read.size(), 1u) << script;
    EXPECT_THAT(read.not_read[0].why, HasSubstr("nothing after it is read"));
  }
}

TEST(ShellReader, HereDocumentsEndAsTheShellEndsThem) {
  const ReadScript windows = ReadShell("cat <<EOF\r\nx\r\nEOF\r\npython x.py --a\r\n");
  ASSERT_EQ(windows.commands.size(), 1u);
  EXPECT_TRUE(windows.not_read.empty());
  const ReadScript open = ReadShell("python x.py --a\ncat <<EOF\nx\n");
  ASSERT_EQ(open.not_read.size(), 1u);
  EXPECT_EQ(open.not_read[0].line, 3);
  EXPECT_THAT(open.not_read[0].why, HasSubstr("not closed"));
  const ReadScript both = ReadShell("cat <<'A'\n\\$X $Y\nA\ncat <<B\n\\$X $Y ${Z:-1}\nB\n");
  ASSERT_EQ(both.here_documents.size(), 2u);
  EXPECT_EQ(both.here_documents[0].text, "\\$X $Y\n");
  EXPECT_EQ(both.here_documents[1].text, "$X $(: $Y) $(: ${Z:-1})\n");
}

TEST(ShellReader, SaysWhatItTookForGranted) {
  const ReadScript read = ReadShell("if [ $# -gt 0 ]; then A=1; fi\npython x.py ${1:-d}\n");
  ASSERT_EQ(read.assumptions.size(), 1u);
  EXPECT_EQ(read.assumptions[0].name, "the script's arguments");
  const ReadScript many = ReadShell(
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do\n"
      "for j in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do\n"
      "python x.py\ndone; done\n");
  EXPECT_EQ(many.commands.size(), 256u);
  ASSERT_EQ(many.not_read.size(), 1u);
  EXPECT_THAT(many.not_read[0].why, HasSubstr("more than 256"));
}

// As many undecided arms as there may be: neither deep nor quadratic.
TEST(ShellReader, LongChainsOfConditionsAreFollowed) {
  std::string script = "A=1\nif [ -f 0 ]; then A=2\n";
  for (int i = 1; i < 2000; ++i) {
    script += "elif [ -f " + std::to_string(i) + " ]; then A=" + std::to_string(i % 7) + "\n";
  }
  script += "else A=3\nfi\npython x.py \"$A\"\n";
  const ReadScript read = ReadShell(script);
  EXPECT_TRUE(read.not_read.empty());
  ASSERT_EQ(read.commands.size(), 1u);
  EXPECT_FALSE(read.commands[0].words.back().known);
}

TEST(ShellReader, WordsKnowTheLineThatTheyStandIn) {
  const ReadScript read = ReadShell(
      "A=(\n  --a 1\n  --b\n)\nB=\" \\\n  --c 2 \\\n  --d\"\npython x.py \"${A[@]}\" $B --e\n");
  ASSERT_EQ(read.commands.size(), 1u);
  std::map<std::string, int> lines;
  for (const ReadWord& word : read.commands[0].words) lines[word.text] = word.line;
  EXPECT_EQ(lines["--a"], 2);
  EXPECT_EQ(lines["--b"], 3);
  EXPECT_EQ(lines["--c"], 6);
  EXPECT_EQ(lines["--d"], 7);
  EXPECT_EQ(lines["--e"], 8);
}

TEST(ShellReader, ScriptsThatGrowAreLeftInTime) {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  const Strings scripts = {
      "A=aaaaaaaa\n" + repeated("A=\"$A$A\"\n", 100) + "python x.py $A\n",
      "A=(a)\n" + repeated("A=(\"${A[@]}\" \"${A[@]}\")\n", 100) + "python x.py \"${A[@]}\"\n",
      "f() { f; f; }\nf\n",
      repeated("for i in 1 2 3 4 5 6 7 8 9; do ", 20) + ":;" + repeated(" done;", 20),
      repeated("if [ -f x ]; then ", 40) + "A=1;" + repeated(" fi;", 40) + "\npython x.py $A\n",
      repeated("if [ -f x ]; then A=$A; fi\n", 3000),
      repeated("$(", 5000),
      repeated("\"$(", 5000),
      repeated("${a:-", 5000),
      repeated("((", 5000),
      repeated("( ", 5000),
      repeated("! ", 5000),
      repeated("a && ", 5000) + "b",
      repeated("a | ", 5000) + "b",
      "[[ " + repeated("( ", 5000) + " ]]",
      "[ " + repeated("! ", 2000) + " a ]",
      "A=$((" + repeated("(", 5000) + "))\npython x.py $A",
      "A=$((" + repeated("-", 5000) + "1))\npython x.py $A",
      repeated("cat <<A\n", 2000),
      repeated("case a in ", 1000),
      std::string(1 << 20, '{'),
      std::string(1 << 20, '\''),
  };
  constexpr std::size_t kLeft = 4;  // those before it make more than is followed
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    const ReadScript read = ReadShell(scripts[i]);
    if (i >= kLeft) continue;
    ASSERT_FALSE(read.not_read.empty()) << i;
    EXPECT_THAT(read.not_read.back().why,
                testing::AnyOf(HasSubstr("than is read"), HasSubstr("than are followed"),
                               HasSubstr("too deeply")))
        << i;
  }
}

TEST(Arithmetic, ComputesAsTheShellDoesAndAnswersNothingElsewhere) {
  const auto value = [](const std::string& text) {
    return EvaluateArithmetic(text, [](const std::string& name) -> std::optional<std::string> {
      if (name == "N") return "8";
      if (name == "E") return "";
      return std::nullopt;
    });
  };
  EXPECT_EQ(value("1 + 2 * 3"), 7);
  EXPECT_EQ(value("(1 + 2) * 3 % 5"), 4);
  EXPECT_EQ(value("$N / ${N} + N - -1"), 10);
  EXPECT_EQ(value("N >= 8 && !E"), 1);
  EXPECT_EQ(value("N == 9 ? 1 : 2"), 2);
  for (const char* text :
       {"", "1 +", "1 / 0", "N = 3", "N += 1", "N++", "++N", "--N", "X + 1", "0x10", "010", "1 2",
        "9223372036854775807 + 1", "(1", "${N", "1 << 2", "2 ** 3"}) {
    EXPECT_EQ(value(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace nam56r::script
