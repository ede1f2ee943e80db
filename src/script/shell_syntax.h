#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"

/// The part of bash that launch scripts are written in, as a tree. Parsing executes nothing and
/// expands nothing. Grammar: the Bash Reference Manual, chapter 3.
namespace nam56r::script {

inline constexpr std::size_t kMaxScriptBytes = 1 << 20;
inline constexpr int kMaxNesting = 48;  ///< of commands, expansions and quotes in each other

/// A piece of a word: text, or something that the shell would put text in the place of.
struct WordPart {
  enum class Kind {
    kText,
    kParameter,   ///< $NAME, ${NAME...}
    kCommand,     ///< $(...), `...`, <(...)
    kArithmetic,  ///< $((...))
  };
  Kind kind = Kind::kText;
  bool quoted = false;  ///< not split into words, not matched against files
  std::string text;     ///< of kText: the text; else the source, for messages
  std::string name;     ///< kParameter: "DATA_PATH", "1", "@"; kArithmetic: the expression
  std::string index;    ///< kParameter: "@" or "3" of ${NAME[...]}
  std::string op;       ///< kParameter: "", ":-", "-", ":=", "=", ":?", "?", ":+", "+", "#", ...
  bool length = false;  ///< ${#NAME}
  int line = 0;
  std::vector<WordPart> operand;  ///< kParameter: what stands after |op|
};

struct Word {
  std::vector<WordPart> parts;
  int line = 0;
};

struct Assignment {
  std::string name;
  std::string index;  ///< NAME[index]=...
  bool append = false;
  bool array = false;
  Word value;
  std::vector<Word> elements;  ///< of an array
  int line = 0;
};

struct Redirection {
  std::string op;  ///< ">", ">>", "<", "<<", "<<<", "2>&1", ...
  Word target;
  std::string here_document;  ///< "<<": its lines as the shell would write them
  int here_line = 0;          ///< first line of |here_document|
  int line = 0;
};

struct Command {
  enum class Kind {
    kSimple,    ///< assignments, words
    kTest,      ///< [[ words ]]
    kArith,     ///< (( text ))
    kPipe,      ///< parts joined by |
    kAnd,       ///< parts[0] && parts[1]
    kOr,        ///< parts[0] || parts[1]
    kNot,       ///< ! parts[0]
    kSequence,  ///< parts one after another: { }, or a whole script
    kSubshell,  ///< ( )
    kIf,        ///< parts: condition, then, condition, then, ..., else if their number is odd
    kCase,      ///< words[0] against patterns[i]: parts[i]
    kFor,       ///< name over words: parts[0]
    kWhile,     ///< parts[0]: parts[1]; until as well
    kFunction,  ///< name: parts[0]
    kNotRead,   ///< something that is not in this subset, or not bash; |text| and |why|
  };
  Kind kind = Kind::kSimple;
  int line = 0;
  std::string text;  ///< first line of the source, for messages
  std::vector<Assignment> assignments;
  std::vector<Word> words;
  std::vector<Redirection> redirections;
  std::vector<Command> parts;
  std::vector<std::vector<Word>> patterns;  ///< kCase, one list a branch
  std::string name;
  std::string why;             ///< kNotRead
  bool in = true;              ///< kFor: has a list; else over the arguments
  bool until = false;          ///< kWhile
  bool falls_through = false;  ///< kCase: some branch goes on into the next, by ;& or ;;&
};

/// A script as a kSequence. Statements that cannot be read become kNotRead, and reading goes on
/// with the line after them; within a compound it ends there, as nobody knows where that ends.
/// Any bytes of at most kMaxScriptBytes are an acceptable question.
/// |first_line| is the number of the first line.
Command ParseShell(std::string_view text, int first_line = 1);

}  // namespace nam56r::script
